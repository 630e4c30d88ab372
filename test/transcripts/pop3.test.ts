// Every transcript of pop3/, each against a store of its own on SQLite.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTranscript } from '../support/transcript.ts'
import { pop3Place } from './pop3/place.ts'

const folder = join(import.meta.dirname, 'pop3')

for (const name of readdirSync(folder).filter(name => name.endsWith('.txt'))) {
  test(`transcript pop3/${name}`, async () => {
    await using place = await pop3Place()
    await runTranscript(readFileSync(join(folder, name), 'latin1'), place)
  })
}
