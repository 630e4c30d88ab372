import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { MessageBytes } from '#store/store.ts'
import { messageTexts } from './message-texts.ts'

const golden = join(import.meta.dirname, '../../mail/golden')

function byRanges(message: Uint8Array): MessageBytes {
  return { sizeBytes: message.length, read: async (start, end) => message.subarray(start, end) }
}

test('a message that is read by ranges has the texts that it has as a whole', async () => {
  const names = (await readdir(golden, { recursive: true })).filter(name => name.endsWith('.eml'))
  assert.ok(names.length > 100)
  for (const name of names) {
    const message = await readFile(join(golden, name))
    const whole = await messageTexts(message, async () => {})
    assert.deepEqual(await messageTexts(byRanges(message), async () => {}), whole, name)
  }
})

test('the headers of parts are with the header, those of messages inside with the body', async () => {
  const lines = [
    'Subject: Whole',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: message/rfc822',
    'Content-Disposition: attachment; filename=a.eml',
    '',
    'Subject: Inside',
    '',
    'Text',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Action: Failed',
    '--b--',
  ]
  const texts = await messageTexts(Buffer.from(lines.join('\r\n')), async () => {})
  assert.deepEqual(texts.header, [
    'subject: whole\ncontent-type: multipart/mixed; boundary=b\n',
    'content-type: message/rfc822\ncontent-disposition: attachment; filename=a.eml\n',
    'content-type: message/delivery-status\n',
  ])
  assert.deepEqual(texts.body, ['subject: inside\n', 'text', 'action: failed'])
})
