// A message of 50 MB goes through a session, by APPEND and by a URL of CATENATE, and is never held in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { imapPlace } from '../transcripts/imap/place.ts'

const sizeBytes = 50 * 1024 * 1024
const piece = new Uint8Array(64 * 1024).fill(120)
for (let at = 78; at < piece.length; at += 80) piece.set([13, 10], at)

test('50 MB by APPEND and by CATENATE cost a few MB of memory', async () => {
  await using place = await imapPlace({ maxMessageBytes: sizeBytes * 2 })
  const client = await place.prepared('x LOGIN alice secret')
  const before = memory()
  let peak = 0
  client.send(`a APPEND INBOX {${sizeBytes}}\r\n`)
  assert.match(await client.receive(), /^\+ /)
  for (let sent = 0; sent < sizeBytes; sent += piece.length) {
    client.send(piece)
    await client.receive()
    if (sent % (10 * 1024 * 1024) === 0) peak = Math.max(peak, memory())
  }
  client.send('\r\n')
  assert.match(await client.receiveUntil(1), /^a OK \[APPENDUID/)
  const watch = setInterval(() => {
    peak = Math.max(peak, memory())
  }, 200)
  client.send('b APPEND Drafts CATENATE (URL "/INBOX/;UID=1" TEXT {5+}\r\nhello)\r\n')
  assert.match(await client.receiveUntil(1), /^b OK \[APPENDUID/)
  clearInterval(watch)
  assert.ok(peak - before < 20 * 1024 * 1024, `${Math.round((peak - before) / 1024 / 1024)} MB`)
})

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What lives in memory. */
function memory(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
