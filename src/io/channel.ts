// A Channel is one connection to a peer, as a protocol session sees it: bytes in, bytes out, TLS when asked.
// A socket or a pair in memory; a session can't tell which. One reader at a time.

import type { ChannelBindingType } from '#wire/sasl/mechanism.ts'

export interface Endpoint {
  /** IP address without brackets; `unix` for either end of a unix socket. */
  readonly address: string
  readonly port: number
}

export interface TlsDetails {
  /** As in `TLSv1.3`. */
  readonly version: string
  /** The IANA or OpenSSL name of the cipher suite, as in `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** The name the peer asked for (SNI). */
  readonly servername: string | undefined
}

/** A certificate that the peer showed, and that an authority of the settings vouches for. */
export interface PeerCertificate {
  /** SHA-256 of the whole certificate, in lower case hexadecimal. */
  readonly fingerprint: string
  /** The mail addresses of its subjectAltName, as they stand there. */
  readonly emails: readonly string[]
}

/** Why a channel's read, flush or startTls failed: not a fault of ours, the session just ends. */
export class ChannelError extends Error {
  readonly reason: 'timeout' | 'broken' | 'tls' | 'unread-bytes'

  constructor(reason: ChannelError['reason'], message: string) {
    super(message)
    this.name = 'ChannelError'
    this.reason = reason
  }
}

export interface Channel {
  /** Short, unique in this process: stands in the log and in replies. */
  readonly id: string
  readonly remote: Endpoint
  readonly local: Endpoint
  /** Set while the connection is under TLS. */
  readonly tls: TlsDetails | undefined
  /** Undefined: none was asked for or shown, or nobody vouches for it. */
  readonly peerCertificate: PeerCertificate | undefined
  /** What both ends of this TLS connection know and nobody between them has; undefined where there is none of that type. */
  channelBinding(type: ChannelBindingType): Uint8Array | undefined
  /** Whether `startTls` can work: there is a certificate and the channel is still in the clear. */
  readonly canStartTls: boolean
  /**
   * Flushes, then settles with the next bytes as they came, or undefined once the peer has ended its side.
   * Rejects with ChannelError `timeout` when nothing came for `timeoutMs` (a following read may still succeed), `broken` when the connection died.
   */
  read(timeoutMs: number): Promise<Uint8Array | undefined>
  /** Queues bytes (a string is written as UTF-8). They leave together at the next `flush`, `read` or `close`, or once a buffer's worth has gathered. The array must not be changed afterwards. */
  write(bytes: Uint8Array | string): void
  /** Sends what is queued; settles at once while the peer keeps up, else when it has taken enough that more may be written. Rejects like `read`. */
  flush(): Promise<void>
  /** Flushes, then takes the server's part in a TLS handshake. Rejects with `unread-bytes` if the peer sent anything between the command and the handshake (RFC 3207 5, command injection). */
  startTls(): Promise<void>
  /** Flushes and ends; settles when the peer has had the bytes, or is gone. */
  close(): Promise<void>
  /** Ends at once. */
  destroy(): void
}
