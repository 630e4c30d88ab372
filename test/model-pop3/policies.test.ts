// Random POP3, IMAP and SMTP on one account against a model of it, for each way in which DELE can be meant: nothing is lost that another protocol still
// shows, unique-ids never change nor repeat, sizes are the octets of RETR, numbers stand still in a session, QUIT does all or nothing.
// `npm run long` takes 10,000 steps for each. For longer, or again where one failed:
// `POSTHOUSE_MODEL_SEED=7 POSTHOUSE_MODEL_STEPS=100000 node --test test/model-pop3/policies.test.ts`.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Draws } from '../fuzz/draws.ts'
import { environmentNumber } from '../fuzz/environment-number.ts'
import { Place } from './place.ts'
import { type Policy, Walk } from './walk.ts'

const walks: readonly (readonly [policy: Policy, seed: number])[] = [
  ['delete', 1],
  ['hide', 2],
  ['trash', 3],
  ['auto', 4],
]

const steps = environmentNumber('POSTHOUSE_MODEL_STEPS') ?? 300
const givenSeed = environmentNumber('POSTHOUSE_MODEL_SEED')

// Side by side: each mostly waits for the disk.
describe('POP3, IMAP, SMTP and the model', { concurrency: true }, () => {
  for (const [policy, usual] of walks) {
    const seed = givenSeed ?? usual
    test(`${steps} random steps agree with the model where DELE means ${policy}, seed ${seed}`, async () => {
      await using place = await Place.open(policy)
      await new Walk(place, policy, new Draws(seed)).steps(steps)
      const faults = place.log.events.filter(({ event, fields }) => /\.fault$/.test(event) && !isMeant(fields['error']))
      assert.deepEqual(faults, [])
    })
  }
})

/** The disk of the walk fails when it is told to. */
function isMeant(error: unknown): boolean {
  return String(error).includes('the disk is broken')
}
