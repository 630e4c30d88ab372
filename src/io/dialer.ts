// The network door: connections that we begin. The real one is socket-dialer.ts; memory-network.ts is the one for tests and the simulator.

import type { Channel, TlsDetails } from './channel.ts'

export interface Dialer {
  /** One connection to one address, in the clear. Rejects with DialError. */
  dial(to: DialTarget): Promise<ClientChannel>
}

export interface DialTarget {
  /** IP address. */
  readonly address: string
  readonly port: number
  /** The address of this machine to come from; undefined: the system's choice. */
  readonly localAddress: string | undefined
  readonly timeoutMs: number
  /** Ends it before; rejects with `aborted` then. */
  readonly signal?: AbortSignal | undefined
}

export class DialError extends Error {
  readonly reason: 'refused' | 'timeout' | 'unreachable' | 'no-such-source' | 'broken' | 'aborted'

  constructor(reason: DialError['reason'], message: string) {
    super(message)
    this.name = 'DialError'
    this.reason = reason
  }
}

/** As a Channel, from the other end. */
export interface ClientChannel
  extends Pick<Channel, 'id' | 'remote' | 'local' | 'tls' | 'read' | 'write' | 'flush' | 'close' | 'destroy'> {
  /**
   * Flushes, then takes the client's part in a TLS handshake. Any certificate is taken: who the peer is, the caller decides by what comes back.
   * Rejects with ChannelError `tls`, `timeout`, `broken`; `unread-bytes` if the peer sent anything before the handshake.
   */
  secure(options: SecureOptions): Promise<TlsPeer>
  /** Whether a read would settle at once: octets have come, or the end. Of a connection that waits for nothing, that it is as good as gone. */
  readonly hasInput: boolean
}

export interface SecureOptions {
  /** SNI: a host name. */
  readonly servername: string
  readonly minimumVersion: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3'
  readonly timeoutMs: number
}

export interface TlsPeer {
  readonly details: TlsDetails
  /** Certificates in DER as the peer sent them, its own first. */
  readonly chain: readonly Uint8Array[]
  /** The DNS names of its own certificate's subjectAltName, as they stand there, wildcards too. */
  readonly names: readonly string[]
  /** What keeps the chain from a trusted authority (`self-signed certificate`, `certificate has expired`); undefined: it is trusted. Names were not looked at. */
  readonly distrust: string | undefined
}
