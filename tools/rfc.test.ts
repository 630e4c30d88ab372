import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { capabilityLines } from './imap-capabilities.ts'
import { parseRfcList, protocolsPage } from './rfc.ts'

const root = join(import.meta.dirname, '..')

test('docs/protocols.md says what rfc.txt and the IMAP capabilities say', () => {
  const wanted = protocolsPage(parseRfcList(readFileSync(join(root, 'rfc.txt'), 'utf8')))
  assert.equal(readFileSync(join(root, 'docs/protocols.md'), 'utf8'), wanted, 'run npm run rfc')
})

test('each state has its IMAP capabilities', () => {
  const rows = new Map(
    capabilityLines().flatMap(line => {
      const [, name, , ...told] = line.split('|').map(cell => cell.trim())
      return name?.startsWith('`') ? [[name, told.slice(0, 4).map(cell => cell === 'yes')]] : []
    }) as [string, boolean[]][],
  ) // pairs, as written above
  assert.deepEqual(rows.get('`STARTTLS`'), [true, false, false, false])
  assert.deepEqual(rows.get('`AUTH=…`'), [false, true, false, false])
  assert.deepEqual(rows.get('`APPENDLIMIT`'), [false, false, true, true])
  assert.deepEqual(rows.get('`IMAP4rev1`'), [true, true, true, true])
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
