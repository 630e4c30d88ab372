// OAuth access tokens as JWTs (RFC 9068, RFC 7519), checked against the issuer's public keys (RFC 7517), which lie in a file: no request leaves the server.
// `jose` is loaded only where the settings ask for OAuth.

import { readFile } from 'node:fs/promises'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { limits } from './limits.ts'

export interface TokenSettings {
  /** `iss`, exactly. */
  readonly issuer: string
  /** What `aud` must be or hold. */
  readonly audience: string
  /** The path of the issuer's JWKS. */
  readonly keysPath: string
  /** The claim that holds the account's address. */
  readonly claim: string
}

export interface TokenNeeds {
  readonly clock: Clock
  readonly log: Log
}

export interface AccessTokens {
  readonly issuer: string
  /** The address that a good token names; undefined for any other. */
  addressIn(token: string): Promise<string | undefined>
}

/** The file of keys can't be used: the message names it. */
export class TokenKeysError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TokenKeysError'
  }
}

/** Rejects with TokenKeysError. */
export async function accessTokens(settings: TokenSettings, needs: TokenNeeds): Promise<AccessTokens> {
  const checker = new Checker(settings, needs, await import('jose'))
  await checker.readKeys()
  return checker
}

type Jose = typeof import('jose')
type Keys = ReturnType<Jose['createLocalJWKSet']>
type Claims = Awaited<ReturnType<Jose['jwtVerify']>>['payload']

/** Signatures only: a shared secret would let every server that has it make tokens. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

class Checker implements AccessTokens {
  readonly issuer: string
  readonly #settings: TokenSettings
  readonly #clock: Clock
  readonly #log: Log
  readonly #jose: Jose
  #keys: Keys | undefined
  #readAtMs = 0

  constructor(settings: TokenSettings, { clock, log }: TokenNeeds, jose: Jose) {
    this.issuer = settings.issuer
    this.#settings = settings
    this.#clock = clock
    this.#log = log
    this.#jose = jose
  }

  async readKeys(): Promise<void> {
    const { keysPath } = this.#settings
    this.#readAtMs = this.#clock.monotonicMs()
    try {
      this.#keys = this.#jose.createLocalJWKSet(JSON.parse(await readFile(keysPath, 'utf8')))
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause)
      throw new TokenKeysError(`${keysPath} can not be used as a JWKS: ${detail}`, { cause })
    }
  }

  async addressIn(token: string): Promise<string | undefined> {
    let claims = await this.#claimsOf(token)
    // The issuer has changed its keys: the operator's file may have followed.
    if (claims === 'unknown-key' && (await this.#readAgain())) claims = await this.#claimsOf(token)
    if (claims === 'unknown-key' || claims === undefined) return undefined
    const { claim } = this.#settings
    // OpenID Connect Core 5.1: the issuer itself says that nobody has shown the address to be theirs.
    if (claim === 'email' && claims['email_verified'] === false) return undefined
    const address = claims[claim]
    return typeof address === 'string' ? address : undefined
  }

  async #claimsOf(token: string): Promise<Claims | 'unknown-key' | undefined> {
    const { jwtVerify, errors } = this.#jose
    const { issuer, audience } = this.#settings
    if (this.#keys === undefined) return undefined
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp'],
        clockTolerance: limits.tokenClockSkewMs / 1000,
        currentDate: new Date(this.#clock.now()),
      })
      return payload
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key'
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }

  /** False: it was read a moment ago, or can't be read now; the keys from before stay. */
  async #readAgain(): Promise<boolean> {
    if (this.#clock.monotonicMs() - this.#readAtMs < limits.tokenKeysAgainMs) return false
    try {
      await this.readKeys()
      return true
    } catch (error) {
      if (!(error instanceof TokenKeysError)) throw error
      this.#log.warn('accounts.oauth.keys-kept', { reason: error.message })
      return false
    }
  }
}
