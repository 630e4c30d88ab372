// A server's certificates against the TLSA records of its name (RFC 6698, 7671, 7672 3): pure, over octets. Only usages 2 and 3 count for
// mail (RFC 7672 3.1.3); what PKIX would say of names and dates counts for usage 2 alone (3.1.1).

import { createHash } from 'node:crypto'
import type { TlsaRecord } from '#io/dns.ts'
import { type ReadCertificate, readCertificate } from './certificate-octets.ts'
import { limits } from './limits.ts'
import { type Climb, climb, readPublicKey } from './trust-anchor.ts'

export interface Held {
  readonly records: readonly TlsaRecord[]
  /** One of them must be in the certificate under a usage 2 record. */
  readonly names: readonly string[]
  /** DER, the server's own first. */
  readonly chain: readonly Uint8Array[]
  /** Milliseconds since 1970. */
  readonly now: number
}

export type TlsaVerdict =
  | { readonly kind: 'matches'; readonly usage: 2 | 3 }
  /** No record is one that we can use: TLS without a look at who answers (RFC 7672 2.2). */
  | { readonly kind: 'unusable' }
  | {
      readonly kind: 'differs'
      readonly reason: string
      readonly resultType: 'certificate-not-trusted' | 'certificate-host-mismatch' | 'certificate-expired'
    }

export function holdAgainstTlsa({ records, names, chain, now }: Held): TlsaVerdict {
  const usable = strongest(records.slice(0, limits.tlsaRecords).filter(isUsable))
  if (usable.length === 0) return { kind: 'unusable' }
  const [own, ...others] = chain.slice(0, limits.chainCertificates).map(readCertificate)
  if (own === undefined) return differs('its certificate is beyond reading')
  if (usable.some(record => record.usage === 3 && isOf(record, own))) return { kind: 'matches', usage: 3 }
  const anchors = usable.filter(record => record.usage === 2)
  if (anchors.length === 0) return differs('its certificate is another one')
  const readable = others.filter(certificate => certificate !== undefined)
  return ofClimb(
    climb({ own, others: readable, anchors, isAnchor: one => anchors.some(a => isOf(a, one)), names, now }),
  )
}

function ofClimb(reached: Climb): TlsaVerdict {
  switch (reached) {
    case 'anchor':
      return { kind: 'matches', usage: 2 }
    case 'other-name':
      return { kind: 'differs', reason: 'its certificate is for other names', resultType: 'certificate-host-mismatch' }
    case 'expired':
      return { kind: 'differs', reason: 'its certificate has expired', resultType: 'certificate-expired' }
    case 'no-anchor':
      return differs('its certificate comes from another authority')
    case 'unfit':
      return differs('its certificate, or one above it, may not be used so')
  }
}

function isUsable({ usage, selector, matching, data }: TlsaRecord): boolean {
  if ((usage !== 2 && usage !== 3) || (selector !== 0 && selector !== 1)) return false
  if (matching === 0) return selector === 0 ? readCertificate(data) !== undefined : readPublicKey(data) !== undefined
  return (matching === 1 && data.length === 32) || (matching === 2 && data.length === 64)
}

/** Of one usage and selector only the stronger digest counts, so that nobody can lead us to the weaker one (RFC 7671 9). Whole values always count. */
function strongest(records: readonly TlsaRecord[]): readonly TlsaRecord[] {
  return records.filter(
    one =>
      one.matching !== 1 ||
      !records.some(other => other.matching === 2 && other.usage === one.usage && other.selector === one.selector),
  )
}

function isOf(record: TlsaRecord, certificate: ReadCertificate): boolean {
  const octets = record.selector === 0 ? certificate.der : certificate.publicKey
  return Buffer.compare(matched(octets, record.matching), record.data) === 0
}

function matched(octets: Uint8Array, matching: number): Uint8Array {
  if (matching === 0) return octets
  return createHash(matching === 1 ? 'sha256' : 'sha512')
    .update(octets)
    .digest()
}

function differs(reason: string): TlsaVerdict {
  return { kind: 'differs', reason, resultType: 'certificate-not-trusted' }
}
