// From a server's certificate up to the authority that its TLSA record of usage 2 names (RFC 7671 5.2): signatures, dates, uses and names, as
// PKIX has them (RFC 5280 6.1), but for the authority itself, which the record vouches for.

import { createPublicKey, type KeyObject } from 'node:crypto'
import type { TlsaRecord } from '#io/dns.ts'
import { type ReadCertificate, readCertificate } from './certificate-octets.ts'
import { limits } from './limits.ts'

export interface Climbed {
  readonly own: ReadCertificate
  /** What else the server sent, in any order. */
  readonly others: readonly ReadCertificate[]
  /** Records of usage 2: those with whole certificates or keys may name what the server does not send. */
  readonly anchors: readonly TlsaRecord[]
  readonly isAnchor: (certificate: ReadCertificate) => boolean
  readonly names: readonly string[]
  readonly now: number
}

export type Climb = 'anchor' | 'no-anchor' | 'other-name' | 'expired' | 'unfit'

const serverUse = '1.3.6.1.5.5.7.3.1'
const anyUse = '2.5.29.37.0'

export function climb(asked: Climbed): Climb {
  const { own, names, now } = asked
  const path = pathToAnchor(asked)
  if (path === undefined) return 'no-anchor'
  if (!path.every(certificate => isCurrent(certificate, now))) return 'expired'
  if (!path.every(isFit) || !servesServers(own)) return 'unfit'
  return names.some(name => isNamed(own, name)) ? 'anchor' : 'other-name'
}

/** The certificates below the anchor, the server's own first. A record may name the anchor in whole where the server does not send it. */
function pathToAnchor({ own, others, anchors, isAnchor }: Climbed): readonly ReadCertificate[] | undefined {
  const given = anchors.map(authorityOf).filter(authority => authority !== undefined)
  let signatures = 0
  const signed = (certificate: ReadCertificate, authority: Authority) => {
    if (authority.certificate !== undefined && !certificate.x509.checkIssued(authority.certificate.x509)) return false
    signatures += 1
    return signatures <= limits.chainSignatures && isSignedBy(certificate, authority.key)
  }
  const waiting: (readonly ReadCertificate[])[] = [[own]]
  const seen = new Set([own])
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const last = path.at(-1) ?? own
    if (given.some(authority => signed(last, authority))) return path
    for (const above of others) {
      if (seen.has(above) || !signed(last, { certificate: above, key: above.key })) continue
      if (isAnchor(above)) return path
      seen.add(above)
      waiting.push([...path, above])
    }
  }
  return undefined
}

interface Authority {
  readonly certificate: ReadCertificate | undefined
  readonly key: KeyObject
}

function authorityOf({ selector, matching, data }: TlsaRecord): Authority | undefined {
  if (matching !== 0) return undefined
  if (selector === 1) {
    const key = readPublicKey(data)
    return key && { certificate: undefined, key }
  }
  const certificate = readCertificate(data)
  return certificate && { certificate, key: certificate.key }
}

/** Of a SubjectPublicKeyInfo; undefined for what is none. */
export function readPublicKey(der: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

function isSignedBy(certificate: ReadCertificate, key: KeyObject): boolean {
  try {
    return certificate.x509.verify(key)
  } catch {
    // A key of another kind than the signature.
    return false
  }
}

function isCurrent({ x509 }: ReadCertificate, now: number): boolean {
  return x509.validFromDate.getTime() <= now && now < x509.validToDate.getTime()
}

/** Those between the server's and the anchor must be authorities, with room for what stands below them. */
function isFit(certificate: ReadCertificate, place: number): boolean {
  if (certificate.isBeyondUs) return false
  if (place === 0) return true
  return certificate.x509.ca && (certificate.pathLength === undefined || certificate.pathLength >= place - 1)
}

function servesServers({ x509 }: ReadCertificate): boolean {
  // Node's types lack what it has none of: undefined for a certificate without this extension.
  const uses: readonly string[] | undefined = x509.keyUsage
  return uses === undefined || uses.includes(serverUse) || uses.includes(anyUse)
}

/** The common name counts only where there are no DNS names (RFC 7672 3.2.3). */
function isNamed({ x509 }: ReadCertificate, name: string): boolean {
  if (name.startsWith('.')) return false
  return x509.checkHost(name, { subject: 'default', partialWildcards: false }) !== undefined
}
