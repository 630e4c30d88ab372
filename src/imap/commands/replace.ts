// REPLACE and UID REPLACE (RFC 8508): the new message comes and the old one goes in one transaction. The EXPUNGE comes from `announce`,
// behind the APPENDUID.

import type { Account } from '#accounts/account.ts'
import { appendedOf, markSeen } from '#imap/appended.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { findMailbox } from '#imap/mailboxes.ts'
import { replacedBytes, replacedUid, replaceObjection } from '#imap/replaced.ts'
import { no, noSuchMailbox, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName, toldUids } from '#imap/rights.ts'
import type { Selected } from '#imap/selected.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import { disposing, gatherMessages } from './append.ts'

export async function replace(
  conversation: Conversation,
  account: Account,
  selected: Selected,
  command: CommandOf<'REPLACE'>,
): Promise<Reply> {
  const { message } = command
  const found = await findMailbox(conversation, account, command.mailbox)
  const refusal = refusalByName('REPLACE', found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  const objection = replaceObjection(selected, command)
  if (objection !== undefined) return objection
  const uid = replacedUid(selected, command)
  const givenUp = replacedBytes(selected, command, found.accountId)
  const gathered = await gatherMessages(conversation, account, { found, messages: [message], givenUp })
  if (gathered.kind === 'reply') return gathered.reply
  await using _stack = disposing(gathered.messages)
  const [spooled] = gathered.messages
  if (spooled === undefined || typeof uid !== 'number') throw new Error('a REPLACE without its message')
  const { accountId, mailboxId } = selected.view
  const result = await conversation.needs.store.replace(
    { accountId, mailboxId, uid },
    {
      accountId: found.accountId,
      mailboxId: found.mailbox.mailboxId,
      message: appendedOf(account, found, message, spooled),
    },
  )
  if (result.kind === 'no-such-message') return no('EXPUNGEISSUED', 'The message is expunged: nothing was stored')
  if (result.kind !== 'done') return refused(result, 'destination')
  await markSeen(conversation, account, { found, messages: [message], uids: [result.uid] })
  const { uidValidity } = result
  const code = toldUids(found, { code: 'APPENDUID', uidValidity, uids: String(result.uid) })
  if (code !== undefined)
    conversation.output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'The new message is there' }))
  return { ...ok('Replaced'), tellsModseq: true }
}
