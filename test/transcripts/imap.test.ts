// Every transcript of imap/, each against a store of its own on SQLite.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTranscript } from '../support/transcript.ts'
import { imapPlace } from './imap/place.ts'

const folder = join(import.meta.dirname, 'imap')

for (const name of readdirSync(folder).filter(name => name.endsWith('.txt'))) {
  test(`transcript imap/${name}`, async () => {
    await using place = await imapPlace()
    await runTranscript(readFileSync(join(folder, name), 'latin1'), place)
  })
}
