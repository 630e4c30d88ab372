// RCPT (RFC 5321 4.1.1.3): each is taken or refused on its own.

import type { CommandOf } from '#wire/smtp/command.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'
import { isAscii } from './mail.ts'

export async function rcpt(conversation: Conversation, command: CommandOf<'RCPT'>): Promise<Answer> {
  const { needs, limits, transaction } = conversation
  if (transaction === undefined) return conversation.refuse('sender-first')
  const { recipient, parameters } = command
  const parameter = parameters[0]
  if (parameter !== undefined) return conversation.refuse('parameter-unknown', { keyword: parameter.keyword })
  if (!isAscii(recipient)) return conversation.refuse('address-not-ascii')
  if (transaction.recipients >= limits.recipients)
    return conversation.refuse('too-many-recipients', { limit: limits.recipients })

  const refusal = await transaction.intake.recipient(recipient)
  const fields = { message: transaction.messageId, recipient: recipient.address }
  if (refusal !== undefined) {
    needs.log.info('smtp.recipient-refused', { ...fields, reason: refusal.reason })
    return refusal
  }
  needs.log.info('smtp.recipient', fields)
  transaction.recipients += 1
  return reply(250, '2.1.5', 'Recipient taken')
}
