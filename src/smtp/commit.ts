// The end of a message, after DATA or the last chunk: the intake takes it or not.

import type { Committed } from '#receive/intake.ts'
import { type Reply, reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation, OpenTransaction } from './conversation.ts'
import type { MessageStream } from './message-stream.ts'
import { refusalFields } from './refusal-fields.ts'

/** One answer for all, or (LMTP) one for each recipient taken, in their order. Undefined: the account that sends is gone; the session says so as it ends. */
export type MessageAnswer = Answer | readonly Answer[] | undefined

export function isList(answer: Answer | readonly Answer[]): answer is readonly Answer[] {
  return Array.isArray(answer)
}

export interface CompleteMessage {
  readonly stream: MessageStream
  readonly body: 'DATA' | 'BDAT'
  /** What the receiver saw of them (DATA). */
  readonly bareLineEnd?: 'CR' | 'LF' | undefined
}

export async function commit(
  conversation: Conversation,
  transaction: OpenTransaction,
  { stream, body, bareLineEnd }: CompleteMessage,
): Promise<MessageAnswer> {
  if (stream.isTooLarge) return logged(conversation, transaction, tooLarge(conversation, stream.sizeBytes))
  stream.check()
  if (conversation.isAccountGone) return undefined
  await using message = await stream.finish()
  const facts = { bareLineEnd: stream.mayHoldBareLineEnds ? undefined : (bareLineEnd ?? stream.bareLineEnd), body }
  const committed = await transaction.intake.commit(message, facts)
  conversation.transaction = undefined
  return answers(conversation, transaction, committed)
}

export function tooLarge(conversation: Conversation, sizeBytes: number): Answer {
  return conversation.refuse('too-large', { sizeBytes, limitBytes: conversation.limits.messageBytes })
}

function answers(conversation: Conversation, transaction: OpenTransaction, committed: Committed): MessageAnswer {
  const taken = reply(250, '2.0.0', `Taken as ${transaction.messageId}`)
  if (committed.kind === 'taken')
    return logged(
      conversation,
      transaction,
      committed.heldUntil === undefined ? taken : held(taken, committed.heldUntil),
    )
  if (committed.kind === 'refused') return logged(conversation, transaction, committed)
  return committed.outcomes.map((refusal, index) => {
    const recipients = transaction.recipients.slice(index, index + 1)
    return logged(conversation, { ...transaction, recipients }, refusal ?? taken)
  })
}

function held(taken: Reply, untilMs: number): Reply {
  return { ...taken, text: `${taken.text}, held until ${new Date(untilMs).toISOString()}` }
}

export function logged(conversation: Conversation, { messageId, recipients }: OpenTransaction, answer: Answer): Answer {
  const { log } = conversation.needs
  if ('reason' in answer) log.info('smtp.refused', { message: messageId, ...refusalFields(answer) })
  else log.info('smtp.accepted', { message: messageId, recipients: recipients.length })
  return answer
}
