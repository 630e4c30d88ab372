import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseRfcList, protocolsPage } from './rfc.ts'

const root = join(import.meta.dirname, '..')

test('docs/protocols.md says what rfc.txt says', () => {
  const wanted = protocolsPage(parseRfcList(readFileSync(join(root, 'rfc.txt'), 'utf8')))
  assert.equal(readFileSync(join(root, 'docs/protocols.md'), 'utf8'), wanted, 'run npm run rfc')
})

const malformed: readonly (readonly [line: string, wanted: RegExp])[] = [
  ['5321 yes SMTP', /rfc.txt:1: wanted/],
  ['5321\tmaybe\tSMTP', /rfc.txt:1: wanted/],
  ['5321\tyes\tSMTP\n3501\tyes\tIMAP', /rfc.txt:2: RFC 3501 stands out of order/],
  ['5321\tyes\tSMTP\n5321\tyes\tSMTP', /rfc.txt:2: RFC 5321 stands out of order/],
]
for (const [text, wanted] of malformed) {
  test(`rfc.txt may not say ${JSON.stringify(text)}`, () => assert.throws(() => parseRfcList(text), wanted))
}
