// A clock that stands still until a test moves it.

import type { Clock } from './clock.ts'

export interface ManualClock extends Clock {
  /** Moves on by `ms`, and runs each timer that falls due, in order, at its own time. */
  advance(ms: number): void
}

interface Timer {
  readonly dueMs: number
  readonly run: () => void
}

/** @param startMs wall time at the start, milliseconds since 1970; 2026-01-01T00:00Z unless told */
export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  const timers = new Set<Timer>()
  let elapsedMs = 0

  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, run) {
      const timer = { dueMs: elapsedMs + Math.max(0, delayMs), run }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
    advance(ms) {
      const endMs = elapsedMs + ms
      for (let timer = nextDue(timers, endMs); timer !== undefined; timer = nextDue(timers, endMs)) {
        timers.delete(timer)
        elapsedMs = timer.dueMs
        timer.run()
      }
      elapsedMs = endMs
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
