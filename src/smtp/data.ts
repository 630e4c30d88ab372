// DATA (RFC 5321 4.1.1.4): the message streams into the spool, then the intake takes it or not. Whatever goes wrong on the way, the
// input is read to its true end first, else the rest of the message would be taken for commands.

import type { SpooledMessage, SpoolWriter } from '#store/spool.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation, OpenTransaction } from './conversation.ts'

/** Undefined: the account that sends it is gone. The session says so as it ends. */
export async function data(conversation: Conversation): Promise<Answer | undefined> {
  const { needs, transaction } = conversation
  if (transaction === undefined) return conversation.refuse('sender-first')
  conversation.say({ code: 354, text: 'Send the message; end it with a dot on a line of its own' })
  conversation.expectData()
  await using writer = needs.spool.open()
  const transfer = await takeData(conversation, writer)
  if (transfer.sizeBytes > conversation.limits.messageBytes) {
    const sizes = { sizeBytes: transfer.sizeBytes, limitBytes: conversation.limits.messageBytes }
    return logged(conversation, transaction, conversation.refuse('too-large', sizes))
  }
  if (transfer.fault !== undefined) throw transfer.fault.error
  if (conversation.isAccountGone) return undefined
  await using message = await writer.finish()
  const answer = await commit(transaction, message, transfer)
  conversation.transaction = undefined
  return logged(conversation, transaction, answer)
}

interface Transfer {
  readonly sizeBytes: number
  readonly bareLineEnd: 'CR' | 'LF' | undefined
  /** What the spool threw. */
  readonly fault: { readonly error: unknown } | undefined
}

async function takeData(conversation: Conversation, writer: SpoolWriter): Promise<Transfer> {
  const { messageBytes } = conversation.limits
  let fault: Transfer['fault']
  let sizeBytes = 0
  for (;;) {
    const event = await conversation.nextOfData()
    if (event.kind === 'data-end') return { sizeBytes: event.sizeBytes, bareLineEnd: event.bareLineEnd, fault }
    if (event.kind !== 'data') throw new Error(`a ${event.kind} within a message`)
    sizeBytes += event.bytes.length
    if (sizeBytes > messageBytes || fault !== undefined) continue
    try {
      const room = writer.write(event.bytes)
      if (room !== undefined) await room
    } catch (error) {
      fault = { error }
    }
  }
}

async function commit(transaction: OpenTransaction, message: SpooledMessage, transfer: Transfer): Promise<Answer> {
  const refusal = await transaction.intake.commit(message, { bareLineEnd: transfer.bareLineEnd })
  return refusal ?? reply(250, '2.0.0', `Taken as ${transaction.messageId}`)
}

function logged(conversation: Conversation, { messageId, recipients }: OpenTransaction, answer: Answer): Answer {
  const { log } = conversation.needs
  if ('reason' in answer) log.info('smtp.refused', { message: messageId, reason: answer.reason })
  else log.info('smtp.accepted', { message: messageId, recipients })
  return answer
}
