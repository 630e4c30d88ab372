// Takes the PROXY header off an accepted socket, and leaves what stands behind it there to be read.

import type { Socket } from 'node:net'
import type { Clock } from '#io/clock.ts'
import { type LocalHeader, type MalformedHeader, type ProxiedHeader, readProxyHeader } from './proxy-header.ts'

export type AwaitedHeader =
  | ProxiedHeader
  | LocalHeader
  | MalformedHeader
  /** The peer left without a word, as a proxy does that only looks whether the port answers. */
  | { readonly kind: 'left' }

/**
 * @param socket paused, and not read from yet; it is paused again when this settles. Unless the answer is `proxied` or `local` the caller destroys it.
 * @param needs.limitMs for the whole header
 */
export function awaitProxyHeader(
  socket: Socket,
  needs: { readonly clock: Clock; readonly limitMs: number },
): Promise<AwaitedHeader> {
  const { promise, resolve } = Promise.withResolvers<AwaitedHeader>()
  let gathered = Buffer.alloc(0)
  const settle = (answer: AwaitedHeader) => {
    timer[Symbol.dispose]()
    socket.off('data', take).off('end', left).off('close', left).pause()
    resolve(answer)
  }
  const take = (piece: Buffer) => {
    gathered = Buffer.concat([gathered, piece])
    const header = readProxyHeader(gathered)
    if (header === undefined) return
    settle(header)
    if (header.kind !== 'malformed' && gathered.length > header.sizeBytes)
      socket.unshift(gathered.subarray(header.sizeBytes))
  }
  const left = () => settle(gathered.length === 0 ? { kind: 'left' } : { kind: 'malformed', reason: 'it was cut off' })
  const late = () => settle({ kind: 'malformed', reason: `it did not come within ${needs.limitMs} ms` })
  const timer = needs.clock.after(needs.limitMs, late)
  // An error is followed by `close`.
  socket
    .on('error', () => {})
    .on('data', take)
    .on('end', left)
    .on('close', left)
    .resume()
  return promise
}
