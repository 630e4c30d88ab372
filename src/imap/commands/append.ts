// APPEND of one message or many, all or none (RFC 3501 6.3.11, 3502), with APPENDUID (RFC 4315 3). What was sent lies in the spool already.

import type { Account } from '#accounts/account.ts'
import { appendedOf, markSeen } from '#imap/appended.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { tellOldName } from '#imap/list/tell-old-name.ts'
import { takeParts } from '#imap/literals.ts'
import { type Found, findMailbox } from '#imap/mailboxes.ts'
import { appendRefusal } from '#imap/message-limit.ts'
import { noSuchMailbox, ok, type Reply, refused } from '#imap/reply.ts'
import { refusalByName, toldUids } from '#imap/rights.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { AppendMessage } from '#wire/imap/command.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

export async function append(
  conversation: Conversation,
  account: Account,
  { mailbox, given, messages }: CommandOf<'APPEND'>,
): Promise<Reply> {
  const tooMany = appendRefusal(conversation, messages.length)
  if (tooMany !== undefined) return tooMany
  const found = await findMailbox(conversation, account, mailbox)
  const refusal = refusalByName('APPEND', found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  const gathered = await gatherMessages(conversation, account, { found, messages, givenUp: 0 })
  if (gathered.kind === 'reply') return gathered.reply
  await using _stack = disposing(gathered.messages)
  const appended = gathered.messages.map((spooled, index) => appendedOf(account, found, messages[index], spooled))
  const result = await conversation.needs.store.append(found.accountId, found.mailbox.mailboxId, appended)
  if (result.kind !== 'done') return refused(result, 'destination')
  const uids = result.entries.map(({ uid }) => uid)
  await markSeen(conversation, account, { found, messages, uids })
  const { uidValidity } = result
  // RFC 9051 6.3.12
  if (given !== undefined) await tellOldName(conversation, account, { name: found.name, given })
  return ok('Stored', toldUids(found, { code: 'APPENDUID', uidValidity, uids: printUidSet(uids) }))
}

type Gathered =
  | { readonly kind: 'messages'; readonly messages: readonly SpooledMessage[] }
  | { readonly kind: 'reply'; readonly reply: Reply }

/** All messages of the command, whole; the caller becomes their owner. `givenUp`: octets that go for them. */
export async function gatherMessages(
  conversation: Conversation,
  account: Account,
  { found, messages, givenUp }: { found: Found; messages: readonly AppendMessage[]; givenUp: number },
): Promise<Gathered> {
  const { uploads } = conversation
  if (uploads.problem !== undefined) return { kind: 'reply', reply: uploads.problem }
  const room = { accountId: found.accountId, givenUp }
  const left = messages.slice(uploads.count)
  const problem = await takeParts(conversation, account, { messages: left, room, open: false })
  return problem === undefined ? { kind: 'messages', messages: uploads.collect() } : { kind: 'reply', reply: problem }
}

export function disposing(messages: readonly AsyncDisposable[]): AsyncDisposableStack {
  const stack = new AsyncDisposableStack()
  for (const message of messages) stack.use(message)
  return stack
}
