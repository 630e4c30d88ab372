import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tooMuchIn } from './header-cost.ts'
import { maxBlankRun, maxFromBytes, maxHeaderLines } from './limits.ts'

describe('a header', () => {
  const table: readonly [name: string, header: string, wanted: RegExp | undefined][] = [
    ['like any other', 'From: <a@b.test>\r\nSubject: x\r\n\ty\r\n', undefined],
    ['with a wide gap', `Subject: x${' '.repeat(maxBlankRun)}y\r\n`, undefined],
    ['with a wider one', `Subject: x${' '.repeat(maxBlankRun + 1)}y\r\n`, /spaces in a row$/],
    ['with one over many lines', `DKIM-Signature: b=x${'\r\n '.repeat(maxBlankRun)}y\r\n`, /spaces in a row$/],
    ['to many, one on a line', `To: a@b.test${',\r\n a@b.test'.repeat(maxHeaderLines - 1)}\r\n`, undefined],
    ['to more', `To: a@b.test${',\r\n a@b.test'.repeat(maxHeaderLines)}\r\n`, /lines$/],
    ['to one with a long name', `To: ${'x'.repeat(2 * maxFromBytes)} <a@b.test>\r\n`, undefined],
    ['from one with a long name', `X: y\r\nfrom : ${'a:'.repeat(maxFromBytes / 2)}\r\n`, /^a From/],
  ]
  for (const [name, header, wanted] of table)
    test(name, () => {
      const found = tooMuchIn(Buffer.from(header))
      if (wanted === undefined) assert.equal(found, undefined)
      else assert.match(found ?? 'nothing', wanted)
    })
})
