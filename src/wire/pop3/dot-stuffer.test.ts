import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DotStuffer } from './dot-stuffer.ts'

/** What is sent for `message`, given in the pieces between `cuts`. */
function stuff(message: string, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(message, 'latin1')
  const stuffer = new DotStuffer()
  let sent = ''
  for (const [index, start] of [0, ...cuts].entries()) {
    sent += Buffer.from(stuffer.push(bytes.subarray(start, cuts[index] ?? bytes.length))).toString('latin1')
  }
  return sent + stuffer.finish()
}

/** A client as RFC 1939 3 has it, over lines that end with LF. */
function read(sent: string): string {
  assert.ok(sent.endsWith('\r\n.\r\n') || sent === '.\r\n')
  const lines = sent.slice(0, -3).split('\n')
  for (const line of lines) assert.doesNotMatch(line, /^\.\r?$/, 'the message ended early')
  return lines.map(line => (line.startsWith('.') ? line.slice(1) : line)).join('\n')
}

const cases: readonly [message: string, wanted: string][] = [
  ['', '.\r\n'],
  ['a\r\n', 'a\r\n.\r\n'],
  ['.\r\n', '..\r\n.\r\n'],
  ['..\r\n', '...\r\n.\r\n'],
  ['a\r\n.b\r\n.\r\n', 'a\r\n..b\r\n..\r\n.\r\n'],
  ['a.b\r\nc.\r\n', 'a.b\r\nc.\r\n.\r\n'],
  ['no line end', 'no line end\r\n.\r\n'],
  ['a\n.\nb\n', 'a\n..\nb\n\r\n.\r\n'],
  ['a\r', 'a\r\r\n.\r\n'],
  ['a\r.b\r\n', 'a\r.b\r\n.\r\n'],
  ['\r\n\r\n.', '\r\n\r\n..\r\n.\r\n'],
  ['\n', '\n\r\n.\r\n'],
  ['.', '..\r\n.\r\n'],
]

for (const [message, wanted] of cases) {
  test(`pop3 dot-stuffing of ${JSON.stringify(message)}, whole and at every split`, () => {
    assert.equal(stuff(message), wanted)
    for (let cut = 0; cut <= message.length; cut += 1) {
      for (let second = cut; second <= message.length; second += 1) assert.equal(stuff(message, [cut, second]), wanted)
    }
  })
}

test('pop3 dot-stuffing: every text of dots, CR, LF and a letter is read as it was, at every split', () => {
  const letters = ['.', '\n', '\r\n', 'x', '\r']
  for (let seed = 0; seed < 5 ** 5; seed += 1) {
    let message = ''
    for (let left = seed + 5 ** 5; left >= 5; left = Math.floor(left / 5)) message += letters[left % 5]
    const sent = stuff(message)
    assert.equal(read(sent), message.endsWith('\r\n') ? message : `${message}\r\n`)
    for (let cut = 1; cut < message.length; cut += 1) assert.equal(stuff(message, [cut]), sent)
  }
})

test('pop3 dot-stuffing: a chunk with nothing to double is not copied', () => {
  const chunk = Buffer.from('Subject: x\r\n\r\nbody.\r\n')
  assert.equal(new DotStuffer().push(chunk), chunk)
})
