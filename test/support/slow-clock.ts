// A manual clock that can be made to pass at each look, so that work takes as long as a test wants. Timers and the time of day know nothing of it.

import { type ManualClock, manualClock } from '#io/manual-clock.ts'

export interface SlowClock extends ManualClock {
  /** From now on each look at `monotonicMs` costs that many milliseconds; none unless told. */
  slow(ms: number): void
}

export function slowClock(): SlowClock {
  const clock = manualClock()
  let [lookMs, spentMs] = [0, 0]
  return {
    ...clock,
    monotonicMs() {
      spentMs += lookMs
      return clock.monotonicMs() + spentMs
    },
    slow(ms) {
      lookMs = ms
    },
  }
}
