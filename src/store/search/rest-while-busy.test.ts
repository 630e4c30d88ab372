import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { limits } from './limits.ts'
import { restWhileBusy } from './rest-while-busy.ts'

/** How long it rests where others are at work for the first `busyMs`. */
async function restedMs(busyMs: number): Promise<number> {
  const clock = manualClock()
  clock.setBusy(true)
  clock.after(busyMs, () => clock.setBusy(false))
  if (busyMs === 0) clock.advance(0)
  const startMs = clock.monotonicMs()
  await restWhileBusy(clock, async ms => clock.advance(ms))
  return clock.monotonicMs() - startMs
}

for (const [busyMs, wantedMs] of [
  [0, limits.restMs],
  [limits.restMs * limits.idlePart, limits.restMs],
  [limits.restMs, 2 * limits.restMs],
  [5 * limits.restMs + 1, 6 * limits.restMs],
  [Number.POSITIVE_INFINITY, limits.longestRestMs],
] as const)
  test(`beside ${busyMs} ms of other work it rests for ${wantedMs} ms`, async () => {
    assert.equal(await restedMs(busyMs), wantedMs)
  })

test('a rest that is broken off ends it', async () => {
  const clock = manualClock()
  clock.setBusy(true)
  await assert.rejects(
    restWhileBusy(clock, () => Promise.reject(new Error('closed'))),
    /closed/,
  )
})
