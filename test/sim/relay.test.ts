// Mail on its way out, simulated: a world that behaves as badly as the real one, days of retries, and a process that dies at any step. Nothing is
// lost, nobody is told twice, and a message comes twice only where the end stood between a peer's 250 and our record of it.
// POSTHOUSE_SIM_SEEDS is how many runs, POSTHOUSE_SIM_SEED the first seed, POSTHOUSE_SIM_STRIDE 1 for the end at every step in place of some;
// the seed stands in every message.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentNumber } from '../fuzz/environment-number.ts'
import { simulate } from './simulate.ts'

const first = environmentNumber('POSTHOUSE_SIM_SEED') ?? 1
const stride = environmentNumber('POSTHOUSE_SIM_STRIDE') ?? 16
const count = environmentNumber('POSTHOUSE_SIM_SEEDS') ?? 40

test(`${count} worlds from seed ${first} on: all promises are kept`, async t => {
  let [lives, taken, twice] = [0, 0, 0]
  for (let seed = first; seed < first + count; seed += 1) {
    const run = await simulated(seed)
    lives += run.lives
    taken += run.taken
    twice += run.twice
  }
  t.diagnostic(`${lives} lives; ${taken} copies taken, ${twice} of them twice`)
  assert.ok(taken > count, 'hardly anything was sent')
})

// Its first life writes letters at once.
for (const seed of [26])
  test(`the end at ${stride === 1 ? 'every step' : `each ${stride}th step`}, seed ${seed}`, async t => {
    for (let step = 1; ; step += stride) {
      const { endedByStep } = await simulated(seed, step)
      if (endedByStep) continue
      t.diagnostic(`up to step ${step}`)
      assert.ok(step > 100, 'the life has hardly begun')
      return
    }
  })

async function simulated(seed: number, endsAt?: number) {
  const where = `seed ${seed}${endsAt === undefined ? '' : `, the end at step ${endsAt}`}`
  try {
    const run = await simulate(seed, endsAt)
    assert.deepEqual(run.broken, [], where)
    return run
  } catch (error) {
    throw error instanceof assert.AssertionError ? error : new Error(where, { cause: error })
  }
}
