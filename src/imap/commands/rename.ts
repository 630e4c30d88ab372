// RENAME (RFC 3501 6.3.5). UIDs stay; of INBOX the messages move and INBOX stays.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { tellOldName } from '#imap/list/tell-old-name.ts'
import { findMailbox } from '#imap/mailboxes.ts'
import { newName } from '#imap/new-name.ts'
import { no, noSuchMailbox, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { delimiter } from '#store/mailbox.ts'

export async function rename(
  conversation: Conversation,
  account: Account,
  { from, to, given }: CommandOf<'RENAME'>,
): Promise<Reply> {
  const name = to.endsWith(delimiter) ? to.slice(0, -1) : to
  if (name.startsWith(`${from}${delimiter}`) && from !== 'INBOX')
    return no('CANNOT', 'A mailbox cannot go below itself')
  const found = await findMailbox(conversation, account, from)
  const refusal = refusalByName('RENAME', found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  const isOthers = found.accountId !== account.accountId
  if (isOthers && found.mailbox.name === 'INBOX') return no('CANNOT', 'The INBOX of another cannot be renamed')
  const named = await newName(conversation, account, name)
  if (named.kind === 'reply') return named.reply
  if (named.accountId !== found.accountId) return no('CANNOT', 'A mailbox stays with its owner')
  const result = await conversation.needs.store.renameMailbox(found.accountId, found.mailbox.name, named.name)
  if (result.kind !== 'done') return refused(result)
  conversation.notices?.forgetName(name)
  if (conversation.dialect.rev2 && (given ?? to) !== name)
    await tellOldName(conversation, account, { name, given: given ?? to })
  return ok('Renamed')
}
