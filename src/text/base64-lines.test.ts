import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Base64Lines } from './base64-lines.ts'
import { concat, latin1 } from './bytes.ts'
import { decodeBase64 } from './transfer-encoding.ts'

test('lines of 76 characters, the last without its end, whatever the pieces', () => {
  for (const length of [0, 1, 2, 56, 57, 58, 113, 114, 115, 500]) {
    const octets = Uint8Array.from({ length }, (_, index) => (index * 7) % 256)
    for (const size of [1, 3, 56, 57, 58, 200, 1_000]) {
      const encoder = new Base64Lines()
      const pieces: Uint8Array[] = []
      for (let at = 0; at < length; at += size) pieces.push(encoder.push(octets.subarray(at, at + size)))
      const text = latin1(concat([...pieces, encoder.end()]))
      const lines = text.split('\r\n')
      assert.ok(lines.slice(0, -1).every(line => line.length === 76))
      assert.ok((lines.at(-1) ?? '').length <= 76)
      assert.equal(lines.join(''), Buffer.from(octets).toString('base64'))
      assert.deepEqual(decodeBase64(Buffer.from(text)), octets)
    }
  }
})
