// MAIL (RFC 5321 4.1.1.2): a transaction begins.

import { ParseError } from '#base/parse-error.ts'
import type { Client } from '#receive/intake.ts'
import type { CommandOf } from '#wire/smtp/command.ts'
import { type MailParameters, readMailParameters } from '#wire/smtp/parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation, OpenTransaction } from './conversation.ts'
import { SessionEnd } from './lifetimes.ts'
import { refusalFields } from './refusal-fields.ts'

export async function mail(conversation: Conversation, command: CommandOf<'MAIL'>): Promise<Answer> {
  const { needs, limits, channel } = conversation
  conversation.mails += 1
  // RFC 9422: told in EHLO. The connection ends with the refusal, so that no client waits for better.
  if (conversation.mails > limits.mailsPerSession)
    throw new SessionEnd('too-many-mails', { limit: limits.mailsPerSession })
  const messageId = conversation.newMessageId()
  const fields = { message: messageId, connection: channel.id, sender: command.sender?.address ?? '' }
  const begun = await begin(conversation, command, messageId)
  if ('reason' in begun) {
    needs.log.info('smtp.sender-refused', { ...fields, ...refusalFields(begun) })
    return begun
  }
  needs.log.info('smtp.sender', fields)
  conversation.transaction = begun
  return reply(250, '2.1.0', 'Sender taken')
}

async function begin(
  conversation: Conversation,
  command: CommandOf<'MAIL'>,
  messageId: string,
): Promise<OpenTransaction | Refusal> {
  const { needs, origin } = conversation
  const { sender } = command
  const parameters = readParameters(conversation, command)
  if ('reason' in parameters) return parameters
  if (sender?.needsUtf8 === true && !parameters.smtpUtf8) return conversation.refuse('sender-not-ascii')
  const refusal = parametersRefusal(conversation, parameters)
  if (refusal !== undefined) return refusal
  if (!needs.spool.hasRoom()) return conversation.refuse('disk-full')
  const intake = await needs.intake.begin(clientOf(conversation), { messageId, path: sender, parameters, origin })
  return intake.kind === 'refused' ? intake : { messageId, intake, parameters, recipients: [], stream: undefined }
}

function readParameters(conversation: Conversation, { parameters }: CommandOf<'MAIL'>): MailParameters | Refusal {
  try {
    const read = readMailParameters(parameters, conversation.hello?.offered ?? new Set())
    if (read.kind === 'unknown') return conversation.refuse('parameter-unknown', { keyword: read.keyword })
    return read.parameters
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return conversation.refuse('syntax', { reason: error.message })
  }
}

/** What is well said and yet not to be had: too large, too late, too early. */
function parametersRefusal(conversation: Conversation, parameters: MailParameters): Refusal | undefined {
  const { messageBytes: limitBytes, longestHoldMs } = conversation.limits
  const { declaredBytes: sizeBytes, deliverBy } = parameters
  if (sizeBytes > limitBytes) return conversation.refuse('too-large', { sizeBytes, limitBytes })
  const heldMs = holdMs(conversation, parameters)
  if (heldMs < 0) return conversation.refuse('hold-in-the-past')
  if (heldMs > longestHoldMs) return conversation.refuse('hold-too-long', { seconds: Math.floor(longestHoldMs / 1000) })
  if (deliverBy === undefined) return undefined
  // RFC 2852 4: a time that has passed may be told, to learn of it, but not asked for.
  if (deliverBy.mode === 'return' && deliverBy.seconds <= 0) return conversation.refuse('by-time-passed')
  // RFC 4865 4: nothing is delivered before it may be sent.
  if (heldMs > 0 && deliverBy.seconds * 1000 <= heldMs) return conversation.refuse('by-time-before-release')
  return undefined
}

/** How long the client wants the message held; 0 if not at all. */
function holdMs({ needs }: Conversation, { hold }: MailParameters): number {
  if (hold === undefined) return 0
  return hold.kind === 'for' ? hold.seconds * 1000 : hold.at - needs.clock.now()
}

function clientOf({ peer, hello, channel, account }: Conversation): Client {
  const { name = '', protocol = 'SMTP' } = hello ?? {}
  return {
    address: peer.address,
    port: peer.port,
    name: peer.name,
    hello: peer.hello ?? name,
    protocol: protocol === 'LMTP' ? protocol : (peer.protocol ?? protocol),
    tls: channel.tls,
    account,
    connection: channel.id,
  }
}
