// MAIL (RFC 5321 4.1.1.2): a transaction begins.

import { ParseError } from '#base/parse-error.ts'
import type { CommandOf, Parameter, Path } from '#wire/smtp/command.ts'
import { readMailParameters } from '#wire/smtp/mail-parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'

export async function mail(conversation: Conversation, command: CommandOf<'MAIL'>): Promise<Answer> {
  const { needs, limits, channel } = conversation
  const { sender } = command
  if (sender !== undefined && !isAscii(sender)) return conversation.refuse('address-not-ascii')
  const declaredBytes = declaredSize(conversation, command.parameters)
  if (typeof declaredBytes !== 'number') return declaredBytes
  if (declaredBytes > limits.messageBytes)
    return conversation.refuse('too-large', { sizeBytes: declaredBytes, limitBytes: limits.messageBytes })
  if (!needs.spool.hasRoom()) return conversation.refuse('disk-full')

  const messageId = conversation.newMessageId()
  const { name = '', extended = false } = conversation.hello ?? {}
  const client = {
    address: channel.remote.address,
    hello: name,
    extended,
    tls: channel.tls,
    account: conversation.account,
  }
  const begun = await needs.intake.begin(client, { messageId, path: sender, declaredBytes })
  const fields = { message: messageId, connection: channel.id, sender: sender?.address ?? '' }
  if (begun.kind === 'refused') {
    needs.log.info('smtp.sender-refused', { ...fields, reason: begun.reason })
    return begun
  }
  needs.log.info('smtp.sender', fields)
  conversation.transaction = { messageId, intake: begun, recipients: 0 }
  return reply(250, '2.1.0', 'Sender taken')
}

/** Octets; 0 when the client did not say. */
function declaredSize(conversation: Conversation, parameters: readonly Parameter[]): number | Refusal {
  try {
    const read = readMailParameters(parameters)
    if (read.kind === 'unknown') return conversation.refuse('parameter-unknown', { keyword: read.keyword })
    return read.parameters.declaredBytes
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return conversation.refuse('syntax', { reason: error.message })
  }
}

/** Until SMTPUTF8 is offered (RFC 6531). */
export function isAscii({ address }: Path): boolean {
  return !/[^\0-\x7f]/.test(address)
}
