// Every transcript of smtp/, each against a store and directory of its own on SQLite.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTranscript } from '../support/transcript.ts'
import { smtpPlace } from './smtp/place.ts'

const folder = join(import.meta.dirname, 'smtp')

for (const name of readdirSync(folder).filter(name => name.endsWith('.txt'))) {
  test(`transcript smtp/${name}`, async () => {
    await using place = await smtpPlace()
    await runTranscript(readFileSync(join(folder, name), 'latin1'), place)
  })
}
