// Every transcript of smtp/, each against a store and directory of its own on SQLite; together they provoke every refusal.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTranscript } from '../support/transcript.ts'
import { smtpPlace } from './smtp/place.ts'
import { RefusalsSeen } from './smtp/refusals-seen.ts'

const folder = join(import.meta.dirname, 'smtp')
const seen = new RefusalsSeen()

for (const name of readdirSync(folder).filter(name => name.endsWith('.txt'))) {
  test(`transcript smtp/${name}`, async () => {
    await using place = await smtpPlace()
    const openers = seen.listening(place.openers)
    await runTranscript(readFileSync(join(folder, name), 'latin1'), { ...place, openers })
  })
}

test('every refusal that a session can give is in one of them', () => {
  // The listener gives these in place of a session.
  const beforeSessions = ['too-many-connections', 'too-many-from-address', 'connections-too-fast']
  assert.deepEqual(seen.missing, beforeSessions)
})
