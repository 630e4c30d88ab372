// The client's part in a TLS handshake over a socket that was in the clear. Any certificate is taken: what it is worth is told, not judged.

import type { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import { ChannelError } from './channel.ts'
import type { Clock } from './clock.ts'
import type { SecureOptions, TlsPeer } from './dialer.ts'
import { limits } from './limits.ts'

/** The context for connections of at least this version. */
export type ClientContexts = (minimumVersion: SecureOptions['minimumVersion']) => SecureContext

export interface ClientHandshakeNeeds {
  readonly contexts: ClientContexts
  readonly options: SecureOptions
  readonly clock: Clock
}

export interface ClientHandshake {
  /** Takes the place of the plain socket at once. */
  readonly socket: TLSSocket
  /** Rejects with ChannelError `tls`, `timeout` or `broken`; the socket is to be destroyed then. */
  readonly done: Promise<TlsPeer>
}

/** The plain socket must have no listener that reads, and nothing left to write. */
export function takeClientPart(plain: Socket, { contexts, options, clock }: ClientHandshakeNeeds): ClientHandshake {
  const { servername, minimumVersion, timeoutMs } = options
  const socket = connect({
    socket: plain,
    // RFC 6066 3: never an address.
    servername: isIP(servername) === 0 ? servername : '',
    secureContext: contexts(minimumVersion),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  const { promise, resolve, reject } = Promise.withResolvers<TlsPeer>()
  const timer = clock.after(timeoutMs, () => reject(new ChannelError('timeout', 'the TLS handshake took too long')))
  const failed = (error: Error & { code?: string; reason?: string }) => {
    const kind = error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'broken' : 'tls'
    reject(new ChannelError(kind, `the TLS handshake failed: ${error.reason ?? error.code ?? error.message}`))
  }
  const gone = () => reject(new ChannelError('broken', 'the peer left during the TLS handshake'))
  const secured = () => resolve(peerOf(socket, options))
  socket.once('secureConnect', secured).once('error', failed).once('end', gone).once('close', gone)
  const over = () => {
    timer[Symbol.dispose]()
    socket.off('secureConnect', secured).off('error', failed).off('end', gone).off('close', gone)
  }
  return { socket, done: promise.finally(over) }
}

function peerOf(socket: TLSSocket, { servername }: SecureOptions): TlsPeer {
  const cipher = socket.getCipher()
  const certificate = socket.getPeerX509Certificate()
  return {
    details: {
      version: socket.getProtocol() ?? 'unknown',
      cipher: cipher.standardName ?? cipher.name,
      servername: isIP(servername) === 0 ? servername : undefined,
    },
    chain: chainOf(certificate),
    names: dnsNamesOf(certificate?.subjectAltName),
    distrust: distrustOf(socket),
  }
}

/** As the peer sent it: Node leads from each certificate to the next of those, and to none of its own. */
function chainOf(own: X509Certificate | undefined): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  for (let one = own; one !== undefined && chain.length < limits.chainCertificates; one = one.issuerCertificate)
    chain.push(one.raw)
  return chain
}

/** Node writes an entry with a comma in it in quotes: whoever made such a one wants it taken for several. */
function dnsNamesOf(subjectAltName: string | undefined): readonly string[] {
  if (subjectAltName === undefined || subjectAltName.includes('"')) return []
  const entries = subjectAltName.split(', ').slice(0, limits.certificateNames)
  return entries.filter(entry => entry.startsWith('DNS:')).map(entry => entry.slice('DNS:'.length))
}

function distrustOf(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined
  // Node's own types say Error; what it sets is the code of OpenSSL's verification.
  const code = String(socket.authorizationError ?? 'unknown')
  return inWords[code] ?? code.toLowerCase().replaceAll('_', ' ')
}

const inWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not among those we trust',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not among those we trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not among those we trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not among those we trust, or certificates between are missing',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  CERT_REVOKED: 'certificate was revoked',
  INVALID_PURPOSE: 'certificate is not meant for servers',
}
