// The clock door: wall time, monotonic time and timers. Code takes a Clock; only this file asks the system.

export interface Clock {
  /** Wall time, milliseconds since 1970-01-01T00:00Z. */
  now(): number
  /** Time that never steps back, milliseconds from an arbitrary start. */
  monotonicMs(): number
  /** How much of that time this thread has been at work, whatever at. */
  busyMs(): number
  /** Calls `run` once after `delayMs`, unless disposed of first. Never keeps the process alive by itself. */
  after(delayMs: number, run: () => void): Disposable
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  busyMs: () => performance.eventLoopUtilization().active,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    timer.unref()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}
