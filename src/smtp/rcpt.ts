// RCPT (RFC 5321 4.1.1.3): each is taken or refused on its own.

import { ParseError } from '#base/parse-error.ts'
import type { CommandOf } from '#wire/smtp/command.ts'
import { type RecipientParameters, readRecipientParameters } from '#wire/smtp/parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation, OpenTransaction } from './conversation.ts'
import { refusalFields } from './refusal-fields.ts'

export async function rcpt(conversation: Conversation, command: CommandOf<'RCPT'>): Promise<Answer> {
  const { needs, transaction, recipientDomains } = conversation
  if (transaction === undefined) return conversation.refuse('sender-first')
  const { domain = '', address } = command.recipient
  const fields = { message: transaction.messageId, recipient: address }
  const refusal = await refusalOf(conversation, transaction, command)
  if (refusal !== undefined) {
    needs.log.info('smtp.recipient-refused', { ...fields, ...refusalFields(refusal) })
    return refusal
  }
  needs.log.info('smtp.recipient', fields)
  transaction.recipients.push(address)
  recipientDomains.add(domain)
  return reply(250, '2.1.5', 'Recipient taken')
}

async function refusalOf(
  conversation: Conversation,
  transaction: OpenTransaction,
  command: CommandOf<'RCPT'>,
): Promise<Refusal | undefined> {
  const { recipient } = command
  const parameters = readParameters(conversation, command)
  if ('reason' in parameters) return parameters
  if (recipient.needsUtf8 && !transaction.parameters.smtpUtf8) return conversation.refuse('recipient-not-ascii')
  const refusal = limitRefusal(conversation, transaction, recipient.domain ?? '')
  return refusal ?? (await transaction.intake.recipient(recipient, parameters))
}

function readParameters(conversation: Conversation, { parameters }: CommandOf<'RCPT'>): RecipientParameters | Refusal {
  try {
    const read = readRecipientParameters(parameters, conversation.hello?.offered ?? new Set())
    if (read.kind === 'unknown') return conversation.refuse('parameter-unknown', { keyword: read.keyword })
    return read.parameters
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return conversation.refuse('syntax', { reason: error.message })
  }
}

/** What EHLO has told as LIMITS (RFC 9422). */
function limitRefusal(
  conversation: Conversation,
  { recipients }: OpenTransaction,
  domain: string,
): Refusal | undefined {
  const { limits, recipientDomains } = conversation
  if (recipients.length >= limits.recipients)
    return conversation.refuse('too-many-recipients', { limit: limits.recipients })
  if (recipientDomains.has(domain) || recipientDomains.size < limits.recipientDomains) return undefined
  return conversation.refuse('too-many-domains', { limit: limits.recipientDomains })
}
