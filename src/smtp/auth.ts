// AUTH (RFC 4954): on submission, under TLS, once.

import type { SaslChannel, SaslExchange, SaslStep } from '#accounts/account.ts'
import type { CommandOf } from '#wire/smtp/command.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'
import { authRounds } from './limits.ts'

/** Those to advertise on this connection, as it is now; none where nobody can log in. */
export function mechanismsOffered(conversation: Conversation): readonly string[] {
  return conversation.needs.authenticator?.mechanisms(saslChannel(conversation)) ?? []
}

export async function auth(conversation: Conversation, command: CommandOf<'AUTH'>): Promise<Answer> {
  const { needs, channel, peer } = conversation
  if (channel.tls === undefined) return conversation.refuse('tls-before-auth')
  if (conversation.account !== undefined) return conversation.refuse('logged-in-already')
  const exchange = needs.authenticator?.exchange(command.mechanism, saslChannel(conversation), peer.address)
  if (exchange === undefined) {
    return conversation.refuse('mechanism-unknown', { mechanisms: mechanismsOffered(conversation).join(', ') })
  }
  const outcome = await converse(conversation, exchange, command.initial)
  if (outcome.kind === 'settled') return await settle(conversation, outcome)
  if (outcome.kind === 'refused') return outcome
  if (outcome.kind === 'cancelled') return conversation.refuse('auth-cancelled')
  return conversation.refuse('auth-malformed', { reason: outcome.reason })
}

/** Behind somebody who speaks for the client (XCLIENT), TLS and its certificate are that one's: they say nothing of the client. */
function saslChannel({ channel, peer }: Conversation): SaslChannel {
  const isDirect = peer.address === channel.remote.address && peer.port === channel.remote.port
  return isDirect ? channel : { tls: channel.tls, peerCertificate: undefined, channelBinding: () => undefined }
}

type Settled = Extract<SaslStep, { readonly kind: 'settled' }>
type Outcome =
  | Settled
  | Refusal
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'malformed'; readonly reason: string }

async function converse(
  conversation: Conversation,
  exchange: SaslExchange,
  initial: string | undefined,
): Promise<Outcome> {
  const first = initial === undefined ? undefined : fromBase64(initial)
  if (initial !== undefined && first === undefined) return notBase64
  let step = await exchange.start(first)
  for (let round = 0; round < authRounds && step.kind === 'challenge'; round += 1) {
    conversation.say({ code: 334, text: Buffer.from(step.bytes).toString('base64') })
    const line = await conversation.saslLine()
    if (line === '*') return { kind: 'cancelled' }
    if (typeof line !== 'string') return line
    const response = fromBase64(line)
    if (response === undefined) return notBase64
    step = await exchange.respond(response)
  }
  return step.kind === 'challenge' ? { kind: 'malformed', reason: 'too many responses' } : step
}

const notBase64: Outcome = { kind: 'malformed', reason: 'not base64' }

async function settle(conversation: Conversation, { user, outcome }: Settled): Promise<Answer> {
  const { needs, channel, peer } = conversation
  needs.log.info('smtp.login', { connection: channel.id, remote: peer.address, user, outcome: outcome.kind })
  switch (outcome.kind) {
    case 'welcome':
      await conversation.logIn(outcome.account)
      return reply(235, '2.7.0', 'Logged in')
    case 'wrong':
    case 'not-yourself':
      return conversation.refuse('wrong-credentials')
    case 'downgraded':
      return conversation.refuse('auth-downgraded')
    case 'disabled':
      return conversation.refuse('account-disabled')
    case 'too-many':
      return conversation.refuse('too-many-logins', { seconds: Math.ceil(outcome.retryAfterMs / 1000) })
  }
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' })
  } catch {
    return undefined // SyntaxError is all that it throws
  }
}
