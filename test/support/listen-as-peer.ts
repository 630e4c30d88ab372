// A peer of a test's own (bad-peer.ts) on a port of loopback.

import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Channel } from '#io/channel.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import type { BadPeer } from './bad-peer.ts'

export interface ListeningPeer extends AsyncDisposable {
  readonly host: string
  readonly port: number
}

export interface ListenOptions {
  readonly host?: string
  /** 0: any. */
  readonly port?: number
  readonly tls?: ServerTls
}

/** The peer on a port, until disposed of. */
export async function listenAsPeer(peer: BadPeer, options: ListenOptions = {}): Promise<ListeningPeer> {
  const { host = '127.0.0.1', port = 0, tls } = options
  const running = new Set<Channel>()
  let number = 0
  const server: Server = createServer(socketServerOptions, socket => {
    number += 1
    const channel = socketChannel(socket, { id: `peer${number}`, tls })
    running.add(channel)
    void peer.run(channel).finally(() => running.delete(channel))
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    host,
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const channel of running) channel.destroy()
      await closed
    },
  }
}
