// A peer of a test's own (bad-peer.ts) on a port of loopback, or of a host of the test's own (namespace-network.ts).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { Channel } from '#io/channel.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import type { BadPeer } from './bad-peer.ts'
import type { Host } from './namespace-network.ts'

export interface ListeningPeer extends AsyncDisposable {
  readonly host: string
  readonly port: number
}

export interface ListenOptions {
  readonly host?: string
  /** 0: any. */
  readonly port?: number
  readonly tls?: ServerTls
  /** The host whose port it is; `host` is an address of it then. */
  readonly on?: Host
}

/** The peer on a port, until disposed of. */
export async function listenAsPeer(peer: BadPeer, options: ListenOptions = {}): Promise<ListeningPeer> {
  const { host = '127.0.0.1', port = 0, tls, on } = options
  const running = new Set<Channel>()
  let number = 0
  const server: Server = createServer(socketServerOptions, socket => {
    number += 1
    const channel = socketChannel(socket, { id: `peer${number}`, tls })
    running.add(channel)
    void peer.run(channel).finally(() => running.delete(channel))
  })
  if (on === undefined) server.listen(port, host)
  else server.listen(await socketOf(on, { host, port }))
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

const listener = join(import.meta.dirname, 'listening-socket.ts')

/** A socket that listens there: where it was made it stays, whoever has it. */
async function socketOf(on: Host, { host, port }: { readonly host: string; readonly port: number }): Promise<Server> {
  const [program = '', ...words] = [...on.under, process.execPath, listener, host, String(port)]
  const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const { promise, resolve, reject } = Promise.withResolvers<Server>()
  let socket: Server | undefined
  child.once('message', (_, sent) => {
    socket = sent as Server // it sends nothing else
  })
  child.once('error', reject)
  child.once('close', () => {
    if (socket === undefined) reject(new Error(`nobody can listen on ${host} port ${port}`))
    else resolve(socket)
  })
  return await promise
}
