// What the tests of a session with a peer share: a peer in memory, a plan for it, messages to send.

import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import type { MemoryTls } from '#io/memory-link.ts'
import { type MemoryNetwork, memoryNetwork } from '#io/memory-network.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Mail } from '#send/mail.ts'
import { openPeer, type PeerFailure, type PeerPlan, type PeerSession } from '#send/session.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { BadPeer } from './bad-peer.ts'
import type { BadPeerOptions } from './bad-peer-script.ts'

export const plan: PeerPlan = {
  host: 'mx.peer.example',
  address: '192.0.2.1',
  port: 25,
  localAddress: undefined,
  helloName: 'mail.example.test',
  tls: { kind: 'opportunistic' },
  implicitTls: false,
  credentials: undefined,
  connectMs: 30_000,
  minimumTls: 'TLSv1.2',
}

export interface Sending {
  readonly clock: ManualClock
  readonly network: MemoryNetwork
  readonly peer: BadPeer
  open(more?: Partial<PeerPlan>): Promise<PeerSession | PeerFailure>
  /** A session that must come about. */
  session(more?: Partial<PeerPlan>): Promise<PeerSession>
}

export interface SendingOptions extends BadPeerOptions {
  readonly tls?: MemoryTls
}

export function sendingTo({ tls, ...options }: SendingOptions = {}): Sending {
  const clock = manualClock()
  const network = memoryNetwork(clock)
  const peer = new BadPeer({ clock, ...options })
  network.set(plan.address, plan.port, { serve: peer.run, ...(tls && { tls }) })
  const needs = { dialer: network, clock, random: seededRandom(1) }
  const open = (more: Partial<PeerPlan> = {}) => openPeer(needs, { ...plan, ...more })
  return {
    clock,
    network,
    peer,
    open,
    async session(more) {
      const opened = await open(more)
      if (opened.kind === 'failure') throw new Error(opened.outcome.reply)
      return opened
    },
  }
}

/** All that can happen without the clock has happened. */
export async function settled(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}

/** Moves the clock on, second by second, until the promise settles. */
export async function whenSettled<T>(clock: ManualClock, promise: Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startMs = clock.monotonicMs()
  const isOver = promise.then(
    () => true,
    () => true,
  )
  for (let seconds = 0; seconds < 1_800; seconds += 1) {
    if (await Promise.race([isOver, settled().then(() => false)]))
      return { value: await promise, tookMs: clock.monotonicMs() - startMs }
    clock.advance(1_000)
  }
  throw new Error('nothing came of it in half an hour')
}

export interface MessageOptions {
  readonly to?: readonly string[]
  readonly from?: string
  readonly parameters?: Partial<Mail['parameters']>
  readonly fields?: string
  readonly arrivedAt?: number
  /** In memory no more than so many octets. */
  readonly headBytes?: number
}

/** @param text a character for each octet */
export function message(text: string, options: MessageOptions = {}): Mail {
  const { to = ['bob@peer.example'], from = 'alice@example.test', parameters, fields = '', arrivedAt = 0 } = options
  return {
    messageId: 'm1',
    returnPath: from,
    parameters: { ...noMailParameters, ...parameters },
    arrivedAt,
    fields,
    spooled: spooledText(text, options.headBytes),
    recipients: to.map(address => ({ address, parameters: noRecipientParameters })),
  }
}

export function spooledText(text: string, headBytes = 65_536): SpooledMessage {
  const bytes = Buffer.from(text, 'latin1')
  return {
    sizeBytes: bytes.length,
    head: bytes.subarray(0, headBytes),
    read: async (start, end) => bytes.subarray(start, end),
    async [Symbol.asyncDispose]() {},
  }
}
