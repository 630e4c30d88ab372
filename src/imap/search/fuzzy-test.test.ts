import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageReader } from '#imap/fetch/message-reader.ts'
import { fuzzyTest } from './fuzzy-test.ts'
import { SearchedMessage } from './searched-message.ts'

/** How often a search for `words` in `text` let others have a turn. */
async function breaths(words: string, text: string): Promise<number> {
  let count = 0
  const message = new SearchedMessage(new MessageReader(Buffer.from(`Subject: x\r\n\r\n${text}`)), async () => {
    count += 1
  })
  await fuzzyTest({ key: 'body', text: words })(0, message)
  return count
}

test('FUZZY lets others have a turn for each word that it compares', async () => {
  assert.ok((await breaths('one two three four five six', 'seven eight')) >= 6)
})

test('FUZZY compares no words of thousands of letters', async () => {
  // One error at the end: by the square of the length it would take minutes.
  const long = 'a'.repeat(60_000)
  const start = performance.now()
  await breaths(`${long}b`, `${long}c ${long}d`)
  assert.ok(performance.now() - start < 2_000)
})
