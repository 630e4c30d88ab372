// A clock that stands still until a test moves it.

import type { Clock } from './clock.ts'

export interface ManualClock extends Clock {
  /** Moves on by `ms`, and runs each timer that falls due, in order, at its own time. */
  advance(ms: number): void
  /** From now on the thread is at work all the time, or never. It begins idle. */
  setBusy(isBusy: boolean): void
}

interface Timer {
  readonly dueMs: number
  readonly run: () => void
}

/** @param startMs wall time at the start, milliseconds since 1970; 2026-01-01T00:00Z unless told */
export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  const timers = new Set<Timer>()
  let elapsedMs = 0
  let isBusy = false
  let busyMs = 0
  const moveTo = (ms: number) => {
    if (isBusy) busyMs += ms - elapsedMs
    elapsedMs = ms
  }

  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    busyMs: () => busyMs,
    after(delayMs, run) {
      const timer = { dueMs: elapsedMs + Math.max(0, delayMs), run }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
    advance(ms) {
      const endMs = elapsedMs + ms
      for (let timer = nextDue(timers, endMs); timer !== undefined; timer = nextDue(timers, endMs)) {
        timers.delete(timer)
        moveTo(timer.dueMs)
        timer.run()
      }
      moveTo(endMs)
    },
    setBusy(busy) {
      isBusy = busy
    },
  }
}

function nextDue(timers: ReadonlySet<Timer>, endMs: number): Timer | undefined {
  let next: Timer | undefined
  for (const timer of timers) {
    if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer
  }
  return next
}
