// Makes an X.509 v3 certificate (RFC 5280), signed with ECDSA P-256: an authority's own, or a server's.
// The library is loaded in that moment only: no server that has its certificates pays for it.

import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

export interface CertificateText {
  /** Common names of who it is for and of who signs. */
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  /** The signer's keys; for an authority's own certificate its own. */
  readonly issuerPublicKey: KeyObject
  readonly signingKey: KeyObject
  /** Up to 20 octets, unique under this signer. */
  readonly serial: Uint8Array
  /** Milliseconds since 1970. */
  readonly validFromMs: number
  readonly validToMs: number
  readonly use:
    | { readonly kind: 'authority' }
    | { readonly kind: 'server' /** Domains in ASCII, IP addresses. */; readonly names: readonly string[] }
}

type X509 = typeof import('@peculiar/x509')

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** The certificate as PEM, with a line end. */
export async function makeCertificate(text: CertificateText): Promise<string> {
  await import('reflect-metadata') // @peculiar/x509 asks for it before itself
  const x509: X509 = await import('@peculiar/x509')
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialText(text.serial),
    subject: [{ CN: [text.subject] }],
    issuer: [{ CN: [text.issuer] }],
    notBefore: new Date(text.validFromMs),
    notAfter: new Date(text.validToMs),
    publicKey: publicKeyOf(text.publicKey),
    signingKey: text.signingKey.toCryptoKey(curve, false, ['sign']),
    signingAlgorithm: { ...curve, hash: 'SHA-256' },
    extensions: await extensions(x509, text),
  })
  return `${certificate.toString('pem').trimEnd()}\n`
}

async function extensions(x509: X509, { use, publicKey, issuerPublicKey }: CertificateText) {
  const identified = [
    await x509.SubjectKeyIdentifierExtension.create(publicKeyOf(publicKey)),
    await x509.AuthorityKeyIdentifierExtension.create(publicKeyOf(issuerPublicKey)),
  ]
  const { KeyUsageFlags } = x509
  if (use.kind === 'authority') {
    return [
      new x509.BasicConstraintsExtension(true, 0, true), // signs servers only
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ...identified,
    ]
  }
  const names = use.names.map(value => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }))
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names),
    ...identified,
  ]
}

function publicKeyOf(key: KeyObject): CryptoKey {
  return key.toCryptoKey(curve, true, ['verify'])
}

/** Hexadecimal; with the first bit off, so that it is a positive number of the same length. */
function serialText(serial: Uint8Array): string {
  const positive = Uint8Array.from(serial)
  positive[0] = ((positive[0] ?? 0) & 0x7f) | 0x40
  return positive.toHex()
}
