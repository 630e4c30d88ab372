// Which names an extended LIST answers (RFC 5258 3.3, 3.5): those that match a pattern and the criteria, and with RECURSIVEMATCH the
// names above such ones.

import { parentsOf } from '#imap/name-pattern.ts'
import type { ListSelection } from '#wire/imap/command.ts'
import type { NameTree } from './name-tree.ts'

export interface Chosen {
  readonly name: string
  /** It meets the criteria itself; otherwise it stands for what is below it. */
  readonly meets: boolean
  /** Something below it meets the criteria, and the client wants to know. */
  readonly childInfo: boolean
}

/** Names that meet the criteria, whatever the pattern. Without criteria: every mailbox. */
export function namesThatMeet(tree: NameTree, { subscribed, specialUse }: ListSelection): ReadonlySet<string> {
  const names = subscribed ? [...tree.subscribed] : [...tree.mailboxes.keys()]
  if (!specialUse) return new Set(names)
  return new Set(names.filter(name => tree.hasUse(name)))
}

/** `matching`: the names of `meeting`, and of what is above them, that match the patterns. */
export function chooseNames(
  meeting: ReadonlySet<string>,
  matching: ReadonlySet<string>,
  { recursive }: ListSelection,
): readonly Chosen[] {
  const above = recursive ? parentsOfAll(meeting) : new Set<string>()
  // RFC 5258 3.5: a name that only stands for others is left out where all of these are answered.
  const unanswered = recursive ? parentsOfAll([...meeting].filter(name => !matching.has(name))) : above
  const chosen: Chosen[] = []
  for (const name of matching) {
    const meets = meeting.has(name)
    if (meets || unanswered.has(name)) chosen.push({ name, meets, childInfo: above.has(name) })
  }
  return chosen
}

export function parentsOfAll(names: Iterable<string>): Set<string> {
  const parents = new Set<string>()
  for (const name of names) for (const parent of parentsOf(name)) parents.add(parent)
  return parents
}

/** The criteria as CHILDINFO names them. */
export function criteriaNames({ subscribed, specialUse }: ListSelection): readonly string[] {
  return [...(subscribed ? ['SUBSCRIBED'] : []), ...(specialUse ? ['SPECIAL-USE'] : [])]
}
