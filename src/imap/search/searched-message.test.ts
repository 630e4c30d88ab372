import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { MessageReader } from '#imap/fetch/message-reader.ts'
import { SearchedMessage } from './searched-message.ts'

const golden = join(import.meta.dirname, '../../mail/golden')
const breathe = async () => {}

async function textsOf(reader: MessageReader): Promise<readonly string[]> {
  const message = new SearchedMessage(reader, breathe)
  const texts = [await message.headerText()]
  for await (const text of message.partHeaderTexts()) texts.push(text)
  for await (const text of message.bodyTexts()) texts.push(text)
  return texts
}

test('of a message that is read by ranges a search sees what it sees of it as a whole', async () => {
  const names = (await readdir(golden, { recursive: true })).filter(name => name.endsWith('.eml'))
  assert.ok(names.length > 100)
  for (const name of names) {
    const message = await readFile(join(golden, name))
    const source = {
      sizeBytes: message.length,
      read: async (start: number, end: number) => message.subarray(start, end),
    }
    assert.deepEqual(await textsOf(new MessageReader(source)), await textsOf(new MessageReader(message)), name)
  }
})
