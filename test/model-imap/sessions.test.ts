// Random commands from three sessions against a model of their mailboxes: every response and every answer must agree with it.
// `npm run long` takes 10,000 steps from each seed. For longer, or again where one failed:
// `POSTHOUSE_MODEL_SEED=7 POSTHOUSE_MODEL_STEPS=100000 node --test test/model-imap/sessions.test.ts`.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Draws } from '../fuzz/draws.ts'
import { environmentNumber } from '../fuzz/environment-number.ts'
import { imapPlace } from '../transcripts/imap/place.ts'
import { type Speaker, speakers } from './speakers.ts'
import { Walk } from './walk.ts'

const { rev1, condstore, qresync, newest, uidOnly } = speakers

/** `first`: how the sessions speak at first; one that comes back may speak otherwise. */
const walks: readonly (readonly [seed: number, first: readonly Speaker[]])[] = [
  [1, [rev1, qresync, condstore]],
  [2, [qresync, newest, uidOnly]],
  [3, [rev1, newest, uidOnly]],
  [4, [condstore, qresync, newest]],
]

const steps = environmentNumber('POSTHOUSE_MODEL_STEPS') ?? 1_000
const givenSeed = environmentNumber('POSTHOUSE_MODEL_SEED')

// Side by side: each mostly waits for the disk.
describe('sessions and the model', { concurrency: true }, () => {
  for (const [seed, first] of walks) {
    if (givenSeed !== undefined && (givenSeed - seed) % walks.length !== 0) continue
    test(`${steps} random commands agree with the model, seed ${givenSeed ?? seed}`, async () => {
      await using place = await imapPlace()
      const walk = new Walk(place, new Draws(givenSeed ?? seed))
      await walk.start(first)
      await walk.steps(steps, () => walk.step())
      const faults = place.log.events.filter(({ event }) => event === 'imap.fault')
      assert.deepEqual(faults, [])
    })
  }
})
