// A mechanism as a generator, and how it becomes a SaslExchange.

import type { AccessTokens } from '#accounts/access-tokens.ts'
import type { Authenticator, SaslChannel, SaslExchange, SaslOutcome, SaslStep } from '#accounts/account.ts'
import type { Backoff } from '#accounts/attempt.ts'
import type { Directory } from '#accounts/directory.ts'
import { ParseError } from '#base/parse-error.ts'
import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import type { MechanismName } from '#wire/sasl/mechanism.ts'

/** What an installation allows besides passwords. */
export interface SaslSettings {
  readonly scramSha1: boolean
  /** Undefined: no OAuth. */
  readonly tokens: AccessTokens | undefined
  /** Accounts' addresses by the SHA-256 of a client's certificate, in lower case hexadecimal, for those whose certificate doesn't name their address. */
  readonly certificateAccounts: ReadonlyMap<string, string>
}

export const passwordsOnly: SaslSettings = { scramSha1: false, tokens: undefined, certificateAccounts: new Map() }

export interface SaslNeeds {
  readonly login: Authenticator['login']
  readonly directory: Directory
  readonly backoff: Backoff
  readonly clock: Clock
  readonly random: Random
  readonly settings: SaslSettings
}

/** What one exchange is given. */
export interface TalkNeeds extends SaslNeeds {
  readonly channel: SaslChannel
  /** The client's IP address. */
  readonly remoteAddress: string
  readonly offered: readonly MechanismName[]
}

export interface Settled {
  readonly kind: 'settled'
  readonly user: string
  readonly outcome: SaslOutcome
}

/** Yields challenges, is given the responses, returns how it ended. Throws ParseError when the client breaks the syntax. */
export type Talk = AsyncGenerator<Uint8Array, Settled, Uint8Array>

/** The challenge of a mechanism in which the client speaks first, to a client that did not. */
export const nothing: Uint8Array = new Uint8Array(0)

export function exchangeOf(begin: (initial: Uint8Array | undefined) => Talk): SaslExchange {
  let talk: Talk | undefined
  return {
    async start(initial) {
      talk = begin(initial)
      return await stepOf(talk.next(nothing)) // what a generator is given first goes nowhere
    },
    async respond(response) {
      if (talk === undefined) throw new Error('a response before the start')
      return await stepOf(talk.next(response))
    },
  }
}

export function settled(user: string, outcome: SaslOutcome): Settled {
  return { kind: 'settled', user, outcome }
}

/** Whether the client asks to act for itself: naming nobody, or the user that logs in. */
export function isSelf(authorizationId: string, user: string): boolean {
  return authorizationId === '' || authorizationId.toLowerCase() === user.toLowerCase()
}

async function stepOf(next: Promise<IteratorResult<Uint8Array, Settled>>): Promise<SaslStep> {
  try {
    const { done, value } = await next
    return done === true ? value : { kind: 'challenge', bytes: value }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return { kind: 'malformed', reason: error.message }
  }
}
