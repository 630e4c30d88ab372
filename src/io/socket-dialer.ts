// The network door over the system's sockets: TCP with the client's part of TLS.

import { connect, type Socket } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ClientContexts } from './client-handshake.ts'
import { type Clock, systemClock } from './clock.ts'
import { type ClientChannel, DialError, type Dialer, type DialTarget, type SecureOptions } from './dialer.ts'
import { clientSocketChannel, socketServerOptions } from './socket-channel.ts'

export interface SocketDialerOptions {
  readonly clock?: Clock
  /** Certificates (PEM) of the authorities that are trusted; those that come with Node unless given. */
  readonly authorities?: readonly string[] | undefined
}

export function socketDialer(options: SocketDialerOptions = {}): Dialer {
  return new SocketDialer(options)
}

let dialled = 0

class SocketDialer implements Dialer {
  readonly #clock: Clock
  readonly #contexts: ClientContexts

  constructor({ clock = systemClock, authorities }: SocketDialerOptions) {
    this.#clock = clock
    this.#contexts = clientContexts(authorities)
  }

  async dial(to: DialTarget): Promise<ClientChannel> {
    const socket = await this.#connected(to)
    dialled += 1
    return clientSocketChannel(socket, { id: `out-${dialled}`, clock: this.#clock, contexts: this.#contexts })
  }

  #connected(to: DialTarget): Promise<Socket> {
    const { address, port, localAddress, timeoutMs, signal } = to
    if (signal?.aborted === true) return Promise.reject(aborted())
    const { promise, resolve, reject } = Promise.withResolvers<Socket>()
    const socket = connect({ ...socketServerOptions, host: address, port, ...(localAddress && { localAddress }) })
    const timer = this.#clock.after(timeoutMs, () => reject(new DialError('timeout', 'no answer')))
    const connected = () => resolve(socket)
    const failed = (error: Error & { code?: string }) => reject(dialError(error, localAddress))
    const stopped = () => reject(aborted())
    socket.once('connect', connected).on('error', failed)
    signal?.addEventListener('abort', stopped)
    const over = () => {
      timer[Symbol.dispose]()
      signal?.removeEventListener('abort', stopped)
    }
    const failedToo = (error: unknown) => {
      // What it says from now on nobody hears.
      socket.destroy()
      throw error
    }
    return promise.finally(over).then(() => socket.pause().off('error', failed), failedToo)
  }
}

function aborted(): DialError {
  return new DialError('aborted', 'nobody wants it any more')
}

function dialError(error: Error & { code?: string }, localAddress: string | undefined): DialError {
  const code = error.code ?? error.message
  const reason = reasons[code] ?? 'broken'
  if (reason === 'no-such-source' && localAddress === undefined) return new DialError('unreachable', code)
  return new DialError(reason, code)
}

const reasons: Readonly<Record<string, DialError['reason']>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EHOSTDOWN: 'unreachable',
  // A packet filter of this machine, or no such family here.
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EADDRNOTAVAIL: 'no-such-source',
}

/** One context for each version, made when first needed: it holds all authorities. */
function clientContexts(authorities: readonly string[] | undefined): ClientContexts {
  const contexts = new Map<SecureOptions['minimumVersion'], SecureContext>()
  return minimumVersion => {
    const known = contexts.get(minimumVersion)
    if (known !== undefined) return known
    const made = createSecureContext({
      minVersion: minimumVersion,
      // OpenSSL has no old version without it; weak ciphers are better than none where none was asked for.
      ...(minimumVersion === 'TLSv1' && { ciphers: 'DEFAULT:@SECLEVEL=0' }),
      ...(authorities !== undefined && { ca: [...authorities] }),
    })
    contexts.set(minimumVersion, made)
    return made
  }
}
