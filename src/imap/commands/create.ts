// CREATE (RFC 3501 6.3.3) with USE (RFC 6154 3).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { no, ok, type Reply, refused } from '#imap/reply.ts'
import { delimiter, type SpecialUse } from '#store/mailbox.ts'

/** Those that a mailbox of ours can be; \All and \Flagged would be searches. */
const uses: readonly SpecialUse[] = ['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash']

export async function create(
  { needs }: Conversation,
  { accountId }: Account,
  command: CommandOf<'CREATE'>,
): Promise<Reply> {
  const use = uses.find(name => name === command.specialUse)
  if (command.specialUse !== undefined && use === undefined) return no('USEATTR', 'No mailbox here can have this use')
  // A delimiter at the end announces children to come: it is no part of the name.
  const name = command.mailbox.endsWith(delimiter) ? command.mailbox.slice(0, -1) : command.mailbox
  const result = await needs.store.createMailbox(accountId, name, use)
  return result.kind === 'done' ? ok('Created') : refused(result)
}
