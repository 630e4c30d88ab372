import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listingPieceOctets } from './limits.ts'
import { ok, printChallenge, printListing, printStatus, printUniqueId, refusal } from './print.ts'
import { german } from './texts/de.ts'
import { english } from './texts/en.ts'

test('pop3 print: status lines and challenges', () => {
  assert.equal(printStatus(ok('2 320'), german), '+OK 2 320\r\n')
  assert.equal(
    printStatus(
      refusal(texts => texts.noSuchMessage),
      english,
    ),
    '-ERR no such message\r\n',
  )
  assert.equal(printStatus(refusal('busy', 'IN-USE'), english), '-ERR [IN-USE] busy\r\n')
  assert.equal(printChallenge(new Uint8Array(0)), '+ \r\n')
  assert.equal(printChallenge(Uint8Array.of(97)), '+ YQ==\r\n')
})

test('pop3 print: a listing ends with a dot, however long', () => {
  assert.equal([...printListing({ kind: 'listing', text: 'none', lines: [] }, english)].join(''), '+OK none\r\n.\r\n')
  const lines = Array.from({ length: 10_000 }, (_, index) => `${index + 1} 120`)
  const pieces = [...printListing({ kind: 'listing', text: 'all', lines }, english)]
  assert.equal(pieces.join(''), `+OK all\r\n${lines.join('\r\n')}\r\n.\r\n`)
  for (const piece of pieces) assert.ok(piece.length < listingPieceOctets + 100)
})

test('pop3 print: unique-ids are 1 to 70 printable characters, each another', () => {
  const ids = [1, 9, 10, 35, 36, 1295, 1296, 2 ** 31, 2 ** 53 - 1].map(printUniqueId)
  for (const id of ids) assert.match(id, /^[!-~]{1,70}$/)
  assert.equal(new Set(ids).size, ids.length)
})
