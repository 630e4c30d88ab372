// CREATE (RFC 3501 6.3.3) with USE (RFC 6154 3), answered with MAILBOXID (RFC 8474 4.1).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { tellOldName } from '#imap/list/tell-old-name.ts'
import { newName } from '#imap/new-name.ts'
import { no, ok, type Reply, refused } from '#imap/reply.ts'
import { readUse } from '#imap/special-use.ts'
import { delimiter } from '#store/mailbox.ts'
import { printMailboxId } from '#wire/imap/object-id.ts'

export async function create(
  conversation: Conversation,
  account: Account,
  command: CommandOf<'CREATE'>,
): Promise<Reply> {
  const use = command.specialUse === undefined ? undefined : readUse(command.specialUse)
  if (command.specialUse !== undefined && use === undefined) return no('USEATTR', 'No mailbox here can have this use')
  // A delimiter at the end announces children to come: it is no part of the name.
  const name = command.mailbox.endsWith(delimiter) ? command.mailbox.slice(0, -1) : command.mailbox
  const named = await newName(conversation, account, name)
  if (named.kind === 'reply') return named.reply
  if (use !== undefined && named.accountId !== account.accountId)
    return no('USEATTR', 'Only the owner says what it is for')
  const result = await conversation.needs.store.createMailbox(named.accountId, named.name, use)
  if (result.kind !== 'done') return refused(result)
  if (conversation.dialect.rev2 && (command.given ?? command.mailbox) !== name)
    await tellOldName(conversation, account, { name, given: command.given ?? command.mailbox })
  // RFC 8474 4.1
  return ok('Created', {
    code: 'MAILBOXID',
    id: printMailboxId({ accountId: named.accountId, mailbox: result.mailbox }),
  })
}
