// LSUB (RFC 3501 6.3.9): subscribed names, with or without a mailbox. `%` shows levels above them as \Noselect.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { matchingNames, wholePattern } from '#imap/list/matching-names.ts'
import { byName } from '#imap/list/name-tree.ts'
import { missingParents } from '#imap/name-pattern.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { delimiter } from '#store/mailbox.ts'
import { printList } from '#wire/imap/print-lines.ts'

export async function lsub(
  conversation: Conversation,
  { accountId }: Account,
  { reference, pattern }: CommandOf<'LSUB'>,
): Promise<Reply> {
  const { dialect, needs, output } = conversation
  const whole = wholePattern(reference, pattern)
  const subscribed = await needs.store.subscriptions(accountId)
  const levels = whole.endsWith('%') ? missingParents(subscribed) : new Set<string>()
  const names = await matchingNames(conversation, [...subscribed, ...levels], [whole])
  for (const { name } of Array.from(names, name => ({ name })).sort(byName)) {
    const attributes = levels.has(name) ? ['\\Noselect', '\\HasChildren'] : []
    output.text(printList({ verb: 'LSUB', attributes, delimiter, name }, dialect))
    if (output.isFull) await conversation.breathe()
  }
  return ok('That is all')
}
