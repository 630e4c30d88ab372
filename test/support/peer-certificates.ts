// Certificates for peers: good ones, and those that a sender must not trust. Their authority is of the test's own.

import { createHash, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { systemRandom } from '#io/random.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { makeCertificate } from '#tls/certificate.ts'

const dayMs = 24 * 3_600_000

export interface PeerCertificate {
  /** PEM. */
  readonly cert: string
  readonly key: string
  readonly serverTls: ServerTls
  /** The record `3 1 1` of DANE that fits it: SHA-256 of its public key, in hexadecimal. */
  readonly tlsa: string
}

export interface CertificateWanted {
  readonly names: readonly string[]
  /** Ended yesterday. */
  readonly isExpired?: boolean
  /** By no authority. */
  readonly isSelfSigned?: boolean
}

export class PeerAuthority {
  /** PEM. */
  readonly pem: string
  readonly #keys: Keys

  private constructor(pem: string, keys: Keys) {
    this.pem = pem
    this.#keys = keys
  }

  static async make(): Promise<PeerAuthority> {
    const keys = newKeys()
    const pem = await makeCertificate({
      ...common(authorityName, authorityName, keys, keys),
      validToMs: Date.now() + 10 * dayMs,
      use: { kind: 'authority' },
    })
    return new PeerAuthority(pem, keys)
  }

  async certificate({ names, isExpired, isSelfSigned }: CertificateWanted): Promise<PeerCertificate> {
    const keys = newKeys()
    const subject = names[0] ?? 'nobody'
    const [issuer, signer] = isSelfSigned === true ? [subject, keys] : [authorityName, this.#keys]
    const cert = await makeCertificate({
      ...common(subject, issuer, keys, signer),
      validToMs: Date.now() + (isExpired === true ? -dayMs : 9 * dayMs),
      use: { kind: 'server', names },
    })
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const context = createSecureContext({ cert, key })
    const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
    const tlsa = createHash('sha256').update(publicKey).digest('hex')
    return { cert, key, serverTls: { context: () => context, asksForCertificate: false }, tlsa }
  }
}

const authorityName = 'Authority of the tests'

interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function common(subject: string, issuer: string, keys: Keys, signer: Keys) {
  return {
    subject,
    issuer,
    publicKey: keys.publicKey,
    issuerPublicKey: signer.publicKey,
    signingKey: signer.privateKey,
    serial: systemRandom.bytes(16),
    validFromMs: Date.now() - 30 * dayMs,
  }
}
