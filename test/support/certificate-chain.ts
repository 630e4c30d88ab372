// Certificates signed by each other, for tests of what is held against them: an authority, any number below it, a server.

import { createHash, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

export interface Signed {
  readonly der: Uint8Array
  readonly name: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface Signing {
  readonly name: string
  /** Undefined: it signs itself. */
  readonly by?: Signed | undefined
  /** Of a server; undefined: it is an authority. */
  readonly names?: readonly string[] | undefined
  /** An authority's. */
  readonly pathLength?: number | undefined
  /** Of a server, instead of serverAuth. */
  readonly use?: string
  /** An authority that lacks the right to be one. */
  readonly isNoAuthority?: boolean
  /** A critical extension that nobody knows. */
  readonly isStrange?: boolean
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const

export async function signed(one: Signing): Promise<Signed> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const by = one.by ?? { name: one.name, privateKey, publicKey }
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: createHash('sha256').update(one.name).digest('hex').slice(0, 16).replace(/^./, '4'),
    subject: [{ CN: [one.name] }],
    issuer: [{ CN: [by.name] }],
    notBefore: new Date(one.from),
    notAfter: new Date(one.to),
    publicKey: publicKey.toCryptoKey(curve, true, ['verify']),
    signingKey: by.privateKey.toCryptoKey(curve, false, ['sign']),
    signingAlgorithm: { ...curve, hash: 'SHA-256' },
    extensions: extensionsOf(one),
  })
  return { der: new Uint8Array(certificate.rawData), name: one.name, privateKey, publicKey }
}

/** SubjectPublicKeyInfo in DER. */
export function keyOctets({ publicKey }: Signed): Uint8Array {
  return publicKey.export({ type: 'spki', format: 'der' })
}

export function namesOf({ der }: Signed): readonly string[] {
  const names = new X509Certificate(der).subjectAltName ?? ''
  return names.split(', ').flatMap(name => (name.startsWith('DNS:') ? [name.slice('DNS:'.length)] : []))
}

function extensionsOf({ names, pathLength, use, isNoAuthority = false, isStrange = false }: Signing) {
  const strange = isStrange ? [new x509.Extension('1.3.6.1.4.1.99999.1', true, new Uint8Array([5, 0]))] : []
  if (names === undefined) return [new x509.BasicConstraintsExtension(!isNoAuthority, pathLength, true), ...strange]
  const shown =
    names.length === 0
      ? []
      : [new x509.SubjectAlternativeNameExtension(names.map(value => ({ type: 'dns' as const, value })))]
  return [new x509.ExtendedKeyUsageExtension([use ?? x509.ExtendedKeyUsage.serverAuth]), ...shown, ...strange]
}
