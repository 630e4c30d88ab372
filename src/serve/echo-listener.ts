// A listener on loopback whose sessions echo, and clients of it. For the tests of this folder.

import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Channel, ChannelError } from '#io/channel.ts'
import { systemClock } from '#io/clock.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { systemRandom } from '#io/random.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { type ConnectionLimits, Connections } from '#throttle/connections.ts'
import { connectionDefaults } from '#throttle/limits.ts'
import { trustedNetworks } from '#throttle/trusted.ts'
import { ownCertificate } from '#tls/authority.ts'
import { loadContexts } from '#tls/contexts.ts'
import { limits } from './limits.ts'
import { type Listener, type ListenerOptions, listen } from './listener.ts'
import { refusalText } from './refusal-text.ts'

/** So late a test is stuck, and fails instead of waiting on. */
const stuckMs = 30_000

/** Greets, echoes; `fail` makes a fault; says bye when told to drain. */
export async function echo(channel: Channel, drain: AbortSignal): Promise<void> {
  channel.write(`hello ${channel.tls?.version ?? 'plain'}\r\n`)
  await repeat(channel, drain)
}

export async function repeat(channel: Channel, drain: AbortSignal): Promise<void> {
  const told = new Promise<undefined>(resolve => drain.addEventListener('abort', () => resolve(undefined)))
  for (;;) {
    const bytes = await Promise.race([channel.read(60_000), told])
    if (drain.aborted) channel.write('bye\r\n')
    if (bytes === undefined) return
    const text = Buffer.from(bytes).toString()
    if (text === 'fail') throw new Error('a fault of ours')
    if (text === 'broken') throw new ChannelError('broken', 'gone')
    channel.write(bytes)
  }
}

/** Says go, takes the client's handshake, and is an echo then. */
export async function upgrade(channel: Channel): Promise<void> {
  channel.write('go\r\n')
  await channel.startTls()
  await echo(channel, new AbortController().signal)
}

export function setUp(given: Partial<ListenerOptions> & { throttleLimits?: Partial<ConnectionLimits> } = {}) {
  const log = memoryLog()
  const clock = manualClock()
  const { throttleLimits, ...options } = given
  const throttle = new Connections({
    clock,
    isTrusted: trustedNetworks([]),
    limits: { ...connectionDefaults, ...throttleLimits },
  })
  const listening = listen({
    name: 'echo',
    place: { host: '127.0.0.1', port: 0 },
    tls: 'none',
    contexts: undefined,
    run: echo,
    refuse: refusal => `NO ${refusalText(refusal)}\r\n`,
    throttle,
    log,
    clock,
    ...options,
  }).then(listener => endedAtLast(listener, clock))
  return { log, clock, throttle, listening }
}

/** Disposed of it ends whatever a failed test has left of it. */
function endedAtLast(listener: Listener, clock: ManualClock): Listener & AsyncDisposable {
  const end = async (): Promise<void> => {
    let isOver = false
    void listener.drain(0).then(() => {
      isOver = true
    })
    while (!isOver) {
      clock.advance(limits.settleMs)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  return Object.assign(listener, { [Symbol.asyncDispose]: end })
}

export function connect(port: number, localAddress = '127.0.0.1'): net.Socket {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  socket.setTimeout(stuckMs, () => socket.destroy(new Error('nothing came and nothing went')))
  return socket
}

export async function received(socket: net.Socket): Promise<string> {
  return String((await once(socket, 'data'))[0])
}

export async function allReceived(socket: net.Socket): Promise<string> {
  let text = ''
  socket.on('data', bytes => {
    text += bytes
  })
  await new Promise(resolve => socket.on('close', resolve)) // after an error too
  return text
}

export function until(holds: () => boolean): Promise<void> {
  const startMs = performance.now()
  return new Promise((resolve, reject) => {
    const look = () => {
      if (holds()) resolve()
      else if (performance.now() - startMs > stuckMs) reject(new Error('it never held'))
      else setImmediate(look)
    }
    look()
  })
}

export interface OwnCertificate extends AsyncDisposable {
  readonly contexts: ServerTls
  /** PEM of the authority that clients are to trust. */
  readonly ca: Buffer
}

/** A certificate for `localhost`. */
export async function certificate(): Promise<OwnCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-listener-'))
  const files = await ownCertificate({ folder, names: [], hostname: 'h', clock: systemClock, random: systemRandom })
  return {
    contexts: (await loadContexts([files])).serverTls({ tickets: true }),
    ca: await readFile(files.caPath),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
