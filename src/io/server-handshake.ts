// The server's part in a TLS handshake over a socket that was in the clear.

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { ChannelError, type TlsDetails } from './channel.ts'
import type { Clock } from './clock.ts'
import type { ServerTls } from './server-tls.ts'

export interface HandshakeNeeds {
  readonly serverTls: ServerTls
  readonly clock: Clock
  readonly timeoutMs: number
}

export interface Handshake {
  /** Takes the place of the plain socket at once. */
  readonly socket: TLSSocket
  /** Rejects with ChannelError `tls`, `timeout` or `broken`; the socket is to be destroyed then. */
  readonly done: Promise<TlsDetails>
}

/** The plain socket must have no listener that reads, and nothing left to write. */
export function takeServerPart(plain: Socket, needs: HandshakeNeeds): Handshake {
  const { serverTls, clock, timeoutMs } = needs
  const socket = new TLSSocket(plain, {
    isServer: true,
    requestCert: serverTls.asksForCertificate,
    rejectUnauthorized: false,
    secureContext: serverTls.context(undefined),
    SNICallback: (servername, answer) => answer(null, serverTls.context(servername)),
  })
  const { promise, resolve, reject } = Promise.withResolvers<TlsDetails>()
  const timer = clock.after(timeoutMs, () => reject(new ChannelError('timeout', 'the TLS handshake took too long')))
  const failed = (error: Error & { code?: string; reason?: string }) => {
    const kind = error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'broken' : 'tls'
    reject(new ChannelError(kind, `the TLS handshake failed: ${error.reason ?? error.code ?? error.message}`))
  }
  const gone = () => reject(new ChannelError('broken', 'the peer left during the TLS handshake'))
  const secured = () => resolve(detailsOf(socket))
  socket.once('secure', secured).once('error', failed).once('end', gone).once('close', gone)
  const over = () => {
    timer[Symbol.dispose]()
    socket.off('secure', secured).off('error', failed).off('end', gone).off('close', gone)
  }
  return { socket, done: promise.finally(over) }
}

function detailsOf(socket: TLSSocket): TlsDetails {
  const cipher = socket.getCipher()
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: cipher.standardName ?? cipher.name,
    servername: servernameOf(socket),
  }
}

function servernameOf(socket: TLSSocket): string | undefined {
  // Node sets it on a server's socket: the name, or false; its types know neither.
  const { servername } = socket as TLSSocket & { servername?: string | false }
  return servername || undefined
}
