// Rights to a mailbox (RFC 4314 2.1), letters in one fixed order: what the store keeps and IMAP spells.
//   l it is seen  r it is read  s \Seen  w other flags  i messages are put in  p mail is sent to it  k mailboxes are made below it
//   x it is removed  t \Deleted  e it is expunged  a rights are given

export const allRights = 'lrswipkxtea'

/** What RFC 2086 had in the place of several of today's: `c` is given with `k` and `x`, `d` with `t` and `e` (RFC 4314 2.1.1). */
const unions: Readonly<Record<string, string>> = { c: 'kx', d: 'te' }

/** Letters of a client in our order, old ones as the new ones they stand for. Undefined if one is no right of ours. */
export function readRights(letters: string): string | undefined {
  const named = new Set([...letters].flatMap(letter => [...(unions[letter] ?? letter)]))
  return [...named].every(letter => allRights.includes(letter)) ? inOrder(named) : undefined
}

/** As clients read them: an old right stands behind the new ones if any of its own is there (RFC 4314 2.1.1). */
export function shownRights(rights: string): string {
  const old = Object.entries(unions).filter(([, union]) => [...union].some(letter => rights.includes(letter)))
  return rights + old.map(([letter]) => letter).join('')
}

export type RightsAction = 'add' | 'remove' | 'replace'

/** `rights` after a SETACL (RFC 4314 3.1). Both in our order. */
export function editedRights(rights: string, action: RightsAction, letters: string): string {
  switch (action) {
    case 'add':
      return inOrder(new Set(rights + letters))
    case 'remove':
      return [...rights].filter(letter => !letters.includes(letter)).join('')
    case 'replace':
      return letters
  }
}

/** What one who is named by several entries may do: all that any of them gives, without what a negative one takes (RFC 4314 2). */
export function effectiveRights(entries: readonly { readonly negative: boolean; readonly rights: string }[]): string {
  const given = entries.filter(({ negative }) => !negative).map(({ rights }) => rights)
  const taken = entries.filter(({ negative }) => negative).map(({ rights }) => rights)
  return editedRights(inOrder(new Set(given.join(''))), 'remove', taken.join(''))
}

function inOrder(letters: ReadonlySet<string>): string {
  return [...allRights].filter(letter => letters.has(letter)).join('')
}
