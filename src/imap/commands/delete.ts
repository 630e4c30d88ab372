// DELETE (RFC 3501 6.3.4). Sessions that have the mailbox open are told that its messages are gone.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { tellOldName } from '#imap/list/tell-old-name.ts'
import { findMailbox } from '#imap/mailboxes.ts'
import { noSuchMailbox, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'

export async function deleteMailbox(
  conversation: Conversation,
  account: Account,
  { mailbox, given }: CommandOf<'DELETE'>,
): Promise<Reply> {
  const found = await findMailbox(conversation, account, mailbox)
  const refusal = refusalByName('DELETE', found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  const result = await conversation.needs.store.deleteMailbox(found.accountId, found.mailbox.name)
  if (result.kind !== 'done') return refused(result)
  // RFC 9051 6.3.5
  if (given !== undefined) await tellOldName(conversation, account, { name: found.name, given })
  return ok('Deleted')
}
