// Whether a connection is what was demanded of it (RFC 7672, 8461 4, 8689 4.2.1), and what the daily report says of it (RFC 8460 4.3). Pure:
// the session calls judgeTls after a handshake, judgeClear when there was none to be had, judgeBroken when it failed.

import type { TlsPeer } from '#io/dialer.ts'
import { fitsName } from '#verify/certificate-names.ts'
import { holdAgainstTlsa } from '#verify/dane.ts'
import type { TlsDemand } from './tls-demand.ts'

/** The result types of RFC 8460 4.3 that a connection can have; those of a policy are in tls-policy.ts. */
export type TlsResultType =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure'

export type TlsJudgement = TlsPasses | TlsRefused

export interface TlsPasses {
  readonly kind: 'passes'
  /** What vouches for the peer: `DANE`, `MTA-STS`, `a trusted certificate`; undefined: nothing was asked for, or there is no TLS. */
  readonly verifiedBy: string | undefined
  /** Set where the daily report has a failure though mail goes on; `reason` says it in words. */
  readonly resultType: TlsResultType | undefined
  readonly reason?: string | undefined
}

export interface TlsRefused {
  readonly kind: 'refused'
  /** In words, without the host's name: `the certificate is for other names (mx.example.net)`. */
  readonly reason: string
  readonly resultType: TlsResultType
}

/** @param now wall time, milliseconds since 1970 */
export function judgeTls(demand: TlsDemand, peer: TlsPeer, now: number): TlsJudgement {
  switch (demand.kind) {
    case 'none':
    case 'encrypted':
      return unasked
    case 'opportunistic': {
      const { tested } = demand
      const fault = tested && (tested.length === 0 ? notNamed : faultOf(peer, tested))
      return { ...unasked, resultType: fault?.resultType, reason: fault?.reason }
    }
    case 'verified':
      return faultOf(peer, demand.names) ?? { ...unasked, verifiedBy: authorities[demand.by] }
    case 'dane':
      return byRecords(demand, peer, now)
  }
}

/** The peer offers no TLS, or takes STARTTLS back. */
export function judgeClear(demand: TlsDemand): TlsJudgement {
  const resultType = 'starttls-not-supported'
  if (demand.kind === 'none') return unasked
  if (demand.kind === 'opportunistic') return { ...unasked, resultType }
  return { kind: 'refused', reason: `it offers no TLS, which ${wanting(demand)} asks for`, resultType }
}

/** The handshake itself failed: `passes` allows a second connection in the clear. */
export function judgeBroken(demand: TlsDemand, words: string): TlsJudgement {
  const resultType = 'validation-failure'
  if (demand.kind === 'none' || demand.kind === 'opportunistic') return { ...unasked, resultType, reason: words }
  return {
    kind: 'refused',
    reason: `the TLS handshake failed (${words}), and ${wanting(demand)} asks for it`,
    resultType,
  }
}

/** As a policy that is enforced has it (tls-policy.ts): what the certificate says is another matter. */
const notNamed = {
  resultType: 'validation-failure',
  reason: 'the MTA-STS policy does not have this mail host',
} as const

const unasked = { kind: 'passes', verifiedBy: undefined, resultType: undefined } as const

const authorities = {
  'mta-sts': 'MTA-STS',
  requiretls: 'a trusted certificate',
  setting: 'a trusted certificate',
} as const

function wanting(demand: TlsDemand): string {
  if (demand.kind === 'dane') return 'the DANE record of the host'
  if (demand.kind === 'verified' && demand.by === 'mta-sts') return 'the MTA-STS policy of the domain'
  if (demand.kind === 'verified' && demand.by === 'requiretls') return 'the sender (REQUIRETLS)'
  return 'a setting of this server'
}

function byRecords(demand: Extract<TlsDemand, { readonly kind: 'dane' }>, peer: TlsPeer, now: number): TlsJudgement {
  const held = holdAgainstTlsa({ records: demand.records, names: demand.names, chain: peer.chain, now })
  if (held.kind === 'matches') return { ...unasked, verifiedBy: 'DANE' }
  // RFC 7672 2.2: TLS is a must then, and whoever answers is taken.
  if (held.kind === 'unusable') return unasked
  return { kind: 'refused', reason: `${held.reason}, against the DANE record of the host`, resultType: held.resultType }
}

/** What keeps a trusted authority from vouching for the peer under one of these names. */
function faultOf(peer: TlsPeer, names: readonly string[]): TlsRefused | undefined {
  const { distrust } = peer
  if (distrust !== undefined) {
    const resultType = /expired/i.test(distrust) ? 'certificate-expired' : 'certificate-not-trusted'
    return { kind: 'refused', reason: `no trusted authority vouches for its certificate (${distrust})`, resultType }
  }
  if (names.some(name => peer.names.some(own => fitsName(own, name)))) return undefined
  const reason = `its certificate is for other names (${shown(peer.names)})`
  return { kind: 'refused', reason, resultType: 'certificate-host-mismatch' }
}

/** A few of the names: they are the peer's words. */
function shown(names: readonly string[]): string {
  const few = names.slice(0, 3).map(name => name.slice(0, 100).replace(/[^\x21-\x7e]/g, '?'))
  if (names.length > few.length) few.push('...')
  return few.length === 0 ? 'none' : few.join(', ')
}
