// How long a client is waited for: between commands, within a transaction, in a message, and when the server shuts down.
// A limit that is met ends the session, wherever in a command it was waiting, by a SessionEnd that rises to the session.

import { type Channel, ChannelError } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { RefusalName, RefusalValues } from '#wire/smtp/refusals.ts'
import type { SmtpLimits } from './limits.ts'

/** The client has used up its time, or ours is over; `reason` is what it is told. */
export class SessionEnd extends Error {
  readonly reason: RefusalName
  readonly values: RefusalValues

  constructor(reason: RefusalName, values: RefusalValues = {}) {
    super(reason)
    this.name = 'SessionEnd'
    this.reason = reason
    this.values = values
  }
}

/** What the client is waited for: outside a transaction, within one, or in the midst of a message. */
export type Wait = 'command' | 'transaction' | 'message'

export interface LifetimeNeeds {
  readonly channel: Channel
  readonly clock: Clock
  readonly drain: AbortSignal
  readonly limits: SmtpLimits
}

interface Limit {
  readonly ms: number
  /** What happens when it is met. */
  readonly end: () => SessionEnd
}

export class Lifetimes implements Disposable {
  readonly #channel: Channel
  readonly #clock: Clock
  readonly #drain: AbortSignal
  readonly #limits: SmtpLimits
  readonly #startedMs: number
  /** Ends what is waited for now. */
  #interrupt: ((end: SessionEnd) => void) | undefined
  /** What that is. */
  #waitsFor: Wait = 'command'
  /** A read that nobody waits for any more, or not yet. */
  #reading: Promise<Uint8Array | undefined> | undefined
  #transferStartedMs = 0
  #transferBytes = 0
  #grace: Disposable | undefined
  #graceIsOver = false

  constructor({ channel, clock, drain, limits }: LifetimeNeeds) {
    this.#channel = channel
    this.#clock = clock
    this.#drain = drain
    this.#limits = limits
    this.#startedMs = clock.monotonicMs()
    drain.addEventListener('abort', this.#drained)
    if (drain.aborted) this.#drained()
  }

  [Symbol.dispose](): void {
    this.#drain.removeEventListener('abort', this.#drained)
    this.#grace?.[Symbol.dispose]()
  }

  get ageMs(): number {
    return this.#clock.monotonicMs() - this.#startedMs
  }

  /** Throws SessionEnd if no further command is to be taken. */
  check(wait: 'command' | 'transaction'): void {
    if (wait === 'command' && this.#drain.aborted) throw new SessionEnd('shutting-down')
    if (this.ageMs >= this.#lifeMs(wait)) throw this.#tooOld()
  }

  /** A message, or a chunk of one, begins. */
  beginTransfer(): void {
    this.#transferStartedMs = this.#clock.monotonicMs()
    this.#transferBytes = 0
  }

  /** What the client sends next; undefined once it has ended. Rejects with SessionEnd, or with what the channel says. */
  async read(wait: Wait): Promise<Uint8Array | undefined> {
    const { ms, end } = this.#limitOf(wait)
    if (ms <= 0) throw end()
    if (this.#graceIsOver) throw new SessionEnd('shutting-down')
    try {
      const reading = this.#reading === undefined ? this.#channel.read(ms) : this.#takeReading(this.#reading)
      const bytes = await this.#interruptible(wait, reading)
      this.#transferBytes += bytes?.length ?? 0
      return bytes
    } catch (error) {
      throw error instanceof ChannelError && error.reason === 'timeout' ? end() : error
    }
  }

  /** Whether nothing comes for as long as `silence` lasts. What comes is kept for the next read. Rejects with SessionEnd at a shutdown. */
  async isSilentDuring(silence: Promise<void>): Promise<boolean> {
    this.#reading = this.#channel.read(this.#limits.commandTimeoutMs)
    const spoke = this.#reading.then(bytes => bytes !== undefined)
    return !(await this.#interruptible('command', Promise.race([spoke, silence.then(() => false)])))
  }

  /** Waits for so long, or until the server shuts down. */
  async pause(ms: number): Promise<void> {
    if (this.#drain.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const over = () => resolve()
    using _timer = this.#clock.after(ms, over)
    this.#drain.addEventListener('abort', over)
    await promise.finally(() => this.#drain.removeEventListener('abort', over))
  }

  /** Ends a wait for a command; a transaction goes on. */
  interrupt(end: SessionEnd): void {
    if (this.#waitsFor === 'command') this.#interrupt?.(end)
  }

  async #takeReading(reading: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    this.#reading = undefined
    await this.#channel.flush()
    return await reading
  }

  /** `awaited` is left behind when an interrupt comes before: the channel's end settles it. */
  #interruptible<T>(wait: Wait, awaited: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const end = (error: unknown) => {
      if (this.#interrupt === end) this.#interrupt = undefined
      reject(error)
    }
    this.#waitsFor = wait
    this.#interrupt = end
    awaited.then(value => {
      if (this.#interrupt === end) this.#interrupt = undefined
      resolve(value)
    }, end)
    return promise
  }

  readonly #drained = (): void => {
    this.interrupt(new SessionEnd('shutting-down'))
    this.#grace = this.#clock.after(this.#limits.drainMs, () => {
      this.#graceIsOver = true
      this.#interrupt?.(new SessionEnd('shutting-down'))
    })
  }

  #limitOf(wait: Wait): Limit {
    const idleMs = wait === 'message' ? this.#limits.dataTimeoutMs : this.#limits.commandTimeoutMs
    const total = wait === 'message' ? this.#transferLimit() : this.#ageLimit(wait)
    if (total.ms < idleMs) return total
    return { ms: idleMs, end: () => new SessionEnd('idle-too-long', { seconds: idleMs / 1000 }) }
  }

  #ageLimit(wait: 'command' | 'transaction'): Limit {
    return { ms: this.#lifeMs(wait) - this.ageMs, end: () => this.#tooOld() }
  }

  #lifeMs(wait: 'command' | 'transaction'): number {
    const { connectionMs, dataTotalMs } = this.#limits
    return wait === 'command' ? connectionMs : connectionMs + dataTotalMs
  }

  /** What comes earns time: a client that keeps a pace, however slow, is let finish. */
  #transferLimit(): Limit {
    const { dataTotalMs, dataBytesPerSecond } = this.#limits
    const earnedMs = (this.#transferBytes / dataBytesPerSecond) * 1000
    const takenMs = this.#clock.monotonicMs() - this.#transferStartedMs
    return { ms: dataTotalMs + earnedMs - takenMs, end: () => new SessionEnd('too-slow') }
  }

  readonly #tooOld = (): SessionEnd =>
    new SessionEnd('connection-too-old', { seconds: this.#limits.connectionMs / 1000 })
}
