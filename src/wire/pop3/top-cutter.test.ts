import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TopCutter } from './top-cutter.ts'

function top(message: string, lines: number, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(message, 'latin1')
  const cutter = new TopCutter(lines)
  let sent = ''
  for (const [index, start] of [0, ...cuts].entries()) {
    if (cutter.done) break
    sent += Buffer.from(cutter.push(bytes.subarray(start, cuts[index] ?? bytes.length))).toString('latin1')
  }
  return sent
}

const mail = 'From: a\r\nSubject: b\r\n\r\none\r\n\r\nthree\r\nfour'

const cases: readonly [message: string, lines: number, wanted: string][] = [
  [mail, 0, 'From: a\r\nSubject: b\r\n\r\n'],
  [mail, 1, 'From: a\r\nSubject: b\r\n\r\none\r\n'],
  [mail, 2, 'From: a\r\nSubject: b\r\n\r\none\r\n\r\n'],
  [mail, 3, 'From: a\r\nSubject: b\r\n\r\none\r\n\r\nthree\r\n'],
  [mail, 4, mail],
  [mail, Number.POSITIVE_INFINITY, mail],
  ['From: a\r\n', 0, 'From: a\r\n'],
  ['From: a\r\n\r\n', 5, 'From: a\r\n\r\n'],
  ['\r\nbody\r\nmore\r\n', 1, '\r\nbody\r\n'],
  ['A: b\n\none\ntwo\n', 1, 'A: b\n\none\n'],
  ['A: b\r\n\r \r\n\r\none\r\n', 0, 'A: b\r\n\r \r\n\r\n'],
  ['A: b\r\n\r\r\n\r\none\r\n', 0, 'A: b\r\n\r\r\n\r\n'],
  ['', 3, ''],
]

for (const [message, lines, wanted] of cases) {
  test(`pop3 TOP ${lines} of ${JSON.stringify(message)}, whole and at every split`, () => {
    assert.equal(top(message, lines), wanted)
    for (let cut = 0; cut <= message.length; cut += 1) {
      for (let second = cut; second <= message.length; second += 1) {
        assert.equal(top(message, lines, [cut, second]), wanted, `${cut}, ${second}`)
      }
    }
  })
}
