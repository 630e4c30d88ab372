// What SASL is given, from the installation's settings: the issuer's keys are read here.

import { accessTokens, type TokenNeeds, type TokenSettings } from '#accounts/access-tokens.ts'
import type { SaslSettings } from './talk.ts'

export interface AuthSettings {
  readonly scramSha1: boolean
  readonly oauth: TokenSettings | undefined
  readonly clientCertificates: {
    /** Accounts' addresses by the SHA-256 of a certificate, in lower case hexadecimal. */
    readonly accounts: Readonly<Record<string, string>>
  }
}

/** Rejects with TokenKeysError. */
export async function saslSettings(given: AuthSettings, needs: TokenNeeds): Promise<SaslSettings> {
  return {
    scramSha1: given.scramSha1,
    tokens: given.oauth && (await accessTokens(given.oauth, needs)),
    certificateAccounts: new Map(Object.entries(given.clientCertificates.accounts)),
  }
}
