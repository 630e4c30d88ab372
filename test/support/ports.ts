// Ports for a server of a test's own. Test files run side by side in several processes, so a block of ports is claimed by listening on one that no protocol uses.

import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

const host = '127.0.0.1'
/** Below the ports that the system gives to clients. */
const lowest = 3_000
const highest = 30_000
/** Stands for the whole block of a thousand. */
const claimPort = 1
const standardPorts = [25, 465, 587, 143, 993, 110, 995] as const

export interface ClaimedPorts extends AsyncDisposable {
  /** Added to the standard ports it gives free ones. */
  readonly offset: number
}

let next = lowest + (process.pid % 27) * 1_000

/** Claims a block of ports on loopback until disposed of. Throws when all are in use. */
export async function claimPorts(): Promise<ClaimedPorts> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    next = next >= highest ? lowest : next + 1_000
    const offset = next
    const claim = await listening(offset + claimPort)
    if (claim === undefined) continue
    if (await allFree(standardPorts.map(port => offset + port)))
      return { offset, [Symbol.asyncDispose]: () => close(claim) }
    await close(claim)
  }
  throw new Error('no free ports on loopback')
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listening))
  for (const server of servers) if (server !== undefined) await close(server)
  return servers.every(server => server !== undefined)
}

async function listening(port: number): Promise<Server | undefined> {
  const server = createServer(socket => socket.destroy())
  const { promise, resolve } = Promise.withResolvers<Server | undefined>()
  server.once('error', () => resolve(undefined))
  server.listen(port, host, () => resolve(server))
  // A test that forgets to let go of its ports must not keep the process alive.
  server.unref()
  return await promise
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  await closed
}
