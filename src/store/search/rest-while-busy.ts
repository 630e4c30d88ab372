// The pause between two turns of the index: short where nothing else is to be done, longer beside deliveries and sessions, never without end.

import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'

/** Settles once others have left enough of a rest unused. @param rest ends after so many milliseconds, or rejects */
export async function restWhileBusy(
  clock: Pick<Clock, 'monotonicMs' | 'busyMs'>,
  rest: (ms: number) => Promise<void>,
): Promise<void> {
  const until = clock.monotonicMs() + limits.longestRestMs
  for (let isBusy = true; isBusy && clock.monotonicMs() < until; ) {
    const [startMs, busyMs] = [clock.monotonicMs(), clock.busyMs()]
    await rest(limits.restMs)
    isBusy = clock.busyMs() - busyMs > (clock.monotonicMs() - startMs) * (1 - limits.idlePart)
  }
}
