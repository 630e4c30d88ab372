// The certificate that a client showed in the handshake (RFC 5246 7.4.6, RFC 8446 4.4.2), if one of the context's authorities vouches for it.

import type { TLSSocket } from 'node:tls'
import type { PeerCertificate } from './channel.ts'

/** Undefined when there is none, or OpenSSL found fault with it or its chain. */
export function peerCertificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined || !isVouchedFor(socket)) return undefined
  return {
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    emails: emailsOf(certificate.subjectAltName),
  }
}

function isVouchedFor(socket: TLSSocket): boolean {
  // Node sets `authorized` on sockets of a tls.Server only: its own source asks the handle the same question. A Node without it lets nobody in.
  const { _handle } = socket as TLSSocket & { readonly _handle?: { verifyError?(): Error | null } | null }
  return _handle?.verifyError?.() === null
}

/** Node writes an entry with a comma in it in quotes: whoever made such a one wants it taken for several. */
function emailsOf(subjectAltName: string | undefined): readonly string[] {
  if (subjectAltName === undefined || subjectAltName.includes('"')) return []
  const entries = subjectAltName.split(', ')
  return entries.filter(entry => entry.startsWith('email:')).map(entry => entry.slice('email:'.length))
}
