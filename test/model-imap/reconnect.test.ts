// The same commands, once on connections that last and once on some that break at random and are taken up again with QRESYNC (RFC 7162 3.2.5):
// both end with the same mailboxes, and with clients that know what is in them. `npm run long` takes 10,000 steps.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Draws } from '../fuzz/draws.ts'
import { environmentNumber } from '../fuzz/environment-number.ts'
import { imapPlace } from '../transcripts/imap/place.ts'
import { fetch } from './commands.ts'
import { plain, select } from './mailbox-commands.ts'
import { speakers } from './speakers.ts'
import { checkMemory, Walk } from './walk.ts'

const { qresync, newest, everything } = speakers
const steps = environmentNumber('POSTHOUSE_MODEL_STEPS') ?? 300

async function stateAfter(seed: number, breaks: Draws | undefined): Promise<unknown> {
  await using place = await imapPlace()
  const walk = new Walk(place, new Draws(seed))
  await walk.start([qresync, newest, everything])
  for (const [index, name] of ['INBOX', 'INBOX', 'a'].entries()) {
    const session = walk.session(index)
    await walk.run(session, [select({ name, readOnly: false })])
    await walk.run(session, [fetch({ uid: true, set: [{ from: 1, to: '*' }], items: ['FLAGS'] })])
  }
  await walk.steps(steps, async () => {
    if (breaks?.oneIn(20)) await walk.reconnect(breaks.pick(walk.sessions), breaks)
    await walk.stepByUid()
  })
  for (const session of walk.sessions) {
    await walk.run(session, [plain('NOOP')])
    checkMemory(session.client)
  }
  return walk.world.state
}

for (const seed of [1, 2])
  test(`connections that break change nothing, seed ${seed}`, async () => {
    assert.deepEqual(await stateAfter(seed, new Draws(seed + 100)), await stateAfter(seed, undefined))
  })
