// RENAME (RFC 3501 6.3.5). UIDs stay; of INBOX the messages move and INBOX stays.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { tellOldName } from '#imap/list/tell-old-name.ts'
import { findMailbox, isElsewhere } from '#imap/mailboxes.ts'
import { newName } from '#imap/new-name.ts'
import { no, noSuchMailbox, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { delimiter } from '#store/mailbox.ts'

export async function rename(
  conversation: Conversation,
  account: Account,
  { from, to, fromGiven, toGiven }: CommandOf<'RENAME'>,
): Promise<Reply> {
  const name = to.endsWith(delimiter) ? to.slice(0, -1) : to
  if (name.startsWith(`${from}${delimiter}`) && from !== 'INBOX')
    return no('CANNOT', 'A mailbox cannot go below itself')
  const source = await findSource(conversation, account, from)
  if ('reply' in source) return source.reply
  const isOthers = source.accountId !== account.accountId
  if (isOthers && source.name === 'INBOX') return no('CANNOT', 'The INBOX of another cannot be renamed')
  const named = await newName(conversation, account, name)
  if (named.kind === 'reply') return named.reply
  if (named.accountId !== source.accountId) return no('CANNOT', 'A mailbox stays with its owner')
  const result = await conversation.needs.store.renameMailbox(source.accountId, source.name, named.name)
  if (result.kind !== 'done') return refused(result)
  // RFC 9051 6.3.6: the old name as it was written, if either was written otherwise than it is.
  if (conversation.dialect.rev2 && (fromGiven !== undefined || (toGiven ?? to) !== name))
    await tellOldName(conversation, account, { name, given: fromGiven ?? from })
  return ok('Renamed')
}

/** What is to be renamed: whose it is, and what the owner calls it. */
async function findSource(
  conversation: Conversation,
  account: Account,
  from: string,
): Promise<{ readonly accountId: number; readonly name: string } | { readonly reply: Reply }> {
  const found = await findMailbox(conversation, account, from)
  // A level above one's own mailboxes that nobody made can be renamed too: only the store knows whether it is one.
  if (found === undefined && !isElsewhere(from)) return { accountId: account.accountId, name: from }
  const refusal = refusalByName('RENAME', found)
  if (refusal !== undefined || found === undefined) return { reply: refusal ?? noSuchMailbox() }
  return { accountId: found.accountId, name: found.mailbox.name }
}
