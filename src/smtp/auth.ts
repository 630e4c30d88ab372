// AUTH (RFC 4954): on submission, under TLS, once.

import { mechanismNames, startExchange } from '#wire/sasl/exchange.ts'
import type { SaslExchange, SaslStep } from '#wire/sasl/mechanism.ts'
import type { CommandOf } from '#wire/smtp/command.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'
import { authRounds } from './limits.ts'

export async function auth(conversation: Conversation, command: CommandOf<'AUTH'>): Promise<Answer> {
  if (conversation.channel.tls === undefined) return conversation.refuse('tls-before-auth')
  if (conversation.account !== undefined) return conversation.refuse('logged-in-already')
  const exchange = startExchange(command.mechanism)
  if (exchange === undefined) return conversation.refuse('mechanism-unknown', { mechanisms: mechanismNames.join(', ') })
  const outcome = await converse(conversation, exchange, command.initial)
  if (outcome.kind === 'credentials') return await logIn(conversation, outcome)
  if (outcome.kind === 'cancelled') return conversation.refuse('auth-cancelled')
  return conversation.refuse('auth-malformed', { reason: outcome.reason })
}

type Credentials = Extract<SaslStep, { readonly kind: 'credentials' }>
type Outcome = Credentials | { readonly kind: 'cancelled' } | { readonly kind: 'malformed'; readonly reason: string }

async function converse(
  conversation: Conversation,
  exchange: SaslExchange,
  initial: string | undefined,
): Promise<Outcome> {
  const first = initial === undefined ? undefined : fromBase64(initial)
  if (initial !== undefined && first === undefined) return notBase64
  let step = exchange.start(first)
  for (let round = 0; round < authRounds && step.kind === 'challenge'; round += 1) {
    conversation.say({ code: 334, text: Buffer.from(step.bytes).toString('base64') })
    const line = await conversation.saslLine()
    if (line === '*') return { kind: 'cancelled' }
    const response = line === undefined ? undefined : fromBase64(line)
    if (response === undefined) return notBase64
    step = exchange.respond(response)
  }
  return step.kind === 'challenge' ? { kind: 'malformed', reason: 'too many responses' } : step
}

const notBase64: Outcome = { kind: 'malformed', reason: 'not base64' }

async function logIn(conversation: Conversation, { authorizationId, user, password }: Credentials): Promise<Answer> {
  const { needs, channel } = conversation
  // Nobody may act for somebody else here.
  const outcome =
    authorizationId === ''
      ? ((await needs.authenticator?.login(user, password, channel.remote.address)) ?? { kind: 'wrong' as const })
      : { kind: 'wrong' as const }
  needs.log.info('smtp.login', { connection: channel.id, remote: channel.remote.address, user, outcome: outcome.kind })
  switch (outcome.kind) {
    case 'welcome':
      await conversation.logIn(outcome.account)
      return reply(235, '2.7.0', 'Logged in')
    case 'wrong':
      return conversation.refuse('wrong-credentials')
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
