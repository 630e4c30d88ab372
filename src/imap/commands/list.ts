// LIST and LSUB (RFC 3501 6.3.8, 6.3.9) with CHILDREN (RFC 3348) and the uses of SPECIAL-USE (RFC 6154 2).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { namePatternChars } from '#imap/limits.ts'
import { missingParents, namePattern, parentsOf } from '#imap/name-pattern.ts'
import { bad, ok, type Reply } from '#imap/reply.ts'
import { delimiter, type Mailbox } from '#store/mailbox.ts'
import { printList } from '#wire/imap/print-lines.ts'

interface Listed {
  readonly name: string
  readonly attributes: readonly string[]
}

export async function list(
  conversation: Conversation,
  { accountId }: Account,
  { verb, reference, pattern }: CommandOf<'LIST'>,
): Promise<Reply> {
  const { needs, output } = conversation
  const whole = reference + pattern
  if (whole.length > namePatternChars) return bad('The pattern is too long')
  const listed =
    // Asks for the delimiter alone.
    pattern === '' && verb === 'LIST'
      ? [{ name: '', attributes: ['\\Noselect'] }]
      : await matching(
          conversation,
          whole,
          await (verb === 'LIST' ? mailboxes(needs.store, accountId) : subscribed(needs.store, accountId)),
        )
  for (const { name, attributes } of listed) {
    output.text(printList({ verb, attributes, delimiter, name }))
    if (output.isFull) await conversation.breathe()
  }
  return ok('That is all')
}

type Store = Conversation['needs']['store']

async function mailboxes(store: Store, accountId: number): Promise<readonly Listed[]> {
  const all = await store.mailboxes(accountId)
  const parents = new Set<string>()
  for (const { name } of all) for (const parent of parentsOf(name)) parents.add(parent)
  return all.map(mailbox => ({ name: mailbox.name, attributes: attributesOf(mailbox, parents) }))
}

function attributesOf({ name, specialUse }: Mailbox, parents: ReadonlySet<string>): readonly string[] {
  const children = parents.has(name) ? '\\HasChildren' : '\\HasNoChildren'
  return specialUse === undefined ? [children] : [children, specialUse]
}

async function subscribed(store: Store, accountId: number): Promise<readonly Listed[]> {
  const names = await store.subscriptions(accountId)
  return names.map(name => ({ name, attributes: [] }))
}

async function matching(
  conversation: Conversation,
  pattern: string,
  all: readonly Listed[],
): Promise<readonly Listed[]> {
  const matches = namePattern(pattern)
  // INBOX has no case (RFC 3501 5.1).
  const matchesInbox = namePattern(pattern.toUpperCase())
  const found: Listed[] = []
  for (const listed of [...all, ...levels(pattern, all)]) {
    const { name } = listed
    if (name === 'INBOX' ? matchesInbox(name) : matches(name)) found.push(listed)
    // A long pattern and thousands of long names are seconds of work.
    await conversation.breathe()
  }
  return found.sort(byName)
}

/** A pattern that stops at a level shows the levels too, made or not (RFC 3501 6.3.8, 6.3.9). */
function levels(pattern: string, all: readonly Listed[]): readonly Listed[] {
  if (!pattern.endsWith('%')) return []
  const missing = missingParents(all.map(({ name }) => name))
  return Array.from(missing, name => ({ name, attributes: ['\\Noselect', '\\HasChildren'] }))
}

function byName(a: Listed, b: Listed): number {
  if (a.name === 'INBOX' || b.name === 'INBOX') return a.name === b.name ? 0 : a.name === 'INBOX' ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
