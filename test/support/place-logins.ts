// How the transcripts' places log in: passwords as the place's own function says; proofs, tokens and certificates against a real directory,
// in which alice@example.test is account 1, and carol@example.test is disabled; both with the password `secret`.

import { join } from 'node:path'
import { accessTokens } from '#accounts/access-tokens.ts'
import type { Authenticator } from '#accounts/account.ts'
import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { saslMechanisms } from '#accounts/sasl/mechanisms.ts'
import { passwordsOnly, type SaslSettings } from '#accounts/sasl/talk.ts'
import type { KeysText } from '#accounts/scram-verbs.ts'
import { putKeys } from '#accounts/scram-verbs.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { MemoryChannelOptions } from '#io/memory-channel.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'

export interface PlaceLogins {
  /** As a server without settings offers it. */
  readonly usual: Authenticator
  /** With SCRAM-SHA-1 and OAuth too. */
  readonly everything: Authenticator
}

export interface PlaceLoginNeeds {
  readonly login: Authenticator['login']
  readonly database: Database
  /** Opened with `directoryRandom`, its accounts made; one is made when undefined. */
  readonly directory?: Directory
  readonly clock: Clock
  readonly log: Log
}

/** What a directory of a place draws its secret from, so that SCRAM's salts are those in the transcripts. */
export const directoryRandom = () => seededRandom(7)

/** A channel on which every mechanism can be offered. */
export const everyMechanismsChannel: MemoryChannelOptions = {
  implicitTls: true,
  bindings: {
    'tls-exporter': Buffer.from('what the exporter gives'),
    'tls-server-end-point': Buffer.from('what the certificate gives'),
  },
  peerCertificate: { fingerprint: 'ab'.repeat(32), emails: ['Alice@example.test', 'carol@example.test'] },
}

/** The public half of the keys that signed the tokens in the transcripts. */
const keysPath = join(import.meta.dirname, 'oauth-keys.json')

export async function placeLogins(needs: PlaceLoginNeeds): Promise<PlaceLogins> {
  const { login, database, clock, log } = needs
  const directory = needs.directory ?? (await madeDirectory(database, clock))
  for (const [name, accountId] of [
    ['alice', 1],
    ['carol', 3],
  ] as const) {
    const keys = await keysOf(directory, name)
    await database.write(tx => putKeys(tx, accountId, keys))
  }
  const settings = { issuer: 'https://login.example.test', audience: 'mail', keysPath, claim: 'email' }
  const tokens = await accessTokens(settings, { clock, log })
  const backoff = {
    before: (user: string) =>
      user.startsWith('mallory')
        ? { kind: 'too-many' as const, retryAfterMs: 30_001 }
        : { kind: 'go' as const, delayMs: 0 },
    failed: () => {},
    succeeded: () => {},
  }
  const allowing = (allowed: SaslSettings): Authenticator => ({
    login,
    ...saslMechanisms({ login, directory, backoff, clock, random: seededRandom(9), settings: allowed }),
  })
  return {
    usual: allowing(passwordsOnly),
    everything: allowing({ scramSha1: true, tokens, certificateAccounts: new Map() }),
  }
}

async function madeDirectory(database: Database, clock: Clock): Promise<Directory> {
  const directory = await Directory.open({ database, clock, random: directoryRandom(), scramSha1: true })
  await directory.addDomain('example.test')
  for (const [name, accountId] of Object.entries({ alice: 1, carol: 3 })) {
    const account = { accountId, address: `${name}@example.test`, passwordHash: 'none', now: 0 }
    await database.write(tx => accounts.add(tx, account))
  }
  await directory.setDisabled('carol@example.test', true)
  return directory
}

const derived = new Map<string, Promise<readonly KeysText[]>>()

/** The same in every place, so they are made once. */
function keysOf(directory: Directory, name: string): Promise<readonly KeysText[]> {
  const known = derived.get(name)
  if (known !== undefined) return known
  const keys = directory.scram.derive(`${name}@example.test`, 'secret', ['SCRAM-SHA-256', 'SCRAM-SHA-1'])
  derived.set(name, keys)
  return keys
}
