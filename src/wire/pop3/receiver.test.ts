import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authLineOctets, commandLineOctets } from './limits.ts'
import { Pop3Receiver } from './receiver.ts'

/** Every event of `input`, cut at `cuts`; a text of more than 20 characters as its length. */
function events(input: string, cuts: readonly number[] = [], prepare?: (receiver: Pop3Receiver) => void): string[] {
  const bytes = Buffer.from(input, 'latin1')
  const receiver = new Pop3Receiver()
  prepare?.(receiver)
  const said: string[] = []
  for (const [index, start] of [0, ...cuts].entries()) {
    receiver.push(bytes.subarray(start, cuts[index] ?? bytes.length))
    for (let event = receiver.next(); event; event = receiver.next()) {
      said.push(event.kind === 'line' ? (event.text.length > 20 ? `${event.text.length}` : event.text) : event.kind)
    }
  }
  return said
}

const long = (length: number, start = ''): string => start.padEnd(length, 'x')

const cases: readonly [name: string, input: string, wanted: readonly string[]][] = [
  ['lines', 'STAT\r\nLIST 1\r\n', ['STAT', 'LIST 1']],
  ['LF alone', 'STAT\nQUIT\n', ['STAT', 'QUIT']],
  ['empty lines', '\r\n\n', ['', '']],
  ['CR inside', 'A\rB\r\r\n', ['A\rB\r']],
  ['octets over 127', 'USER \xe9\r\n', ['USER \xe9']],
  ['an unfinished line is nothing', 'STAT\r\nQUI', ['STAT']],
  ['the longest line', `${long(commandLineOctets - 2)}\r\nNOOP\r\n`, [`${commandLineOctets - 2}`, 'NOOP']],
  ['a line too long', `${long(commandLineOctets - 1)}\r\nNOOP\r\n`, ['too-long', 'NOOP']],
  ['two lines too long', `${long(5000)}\r\n${long(5000)}\r\nNOOP\r\n`, ['too-long', 'too-long', 'NOOP']],
  ['AUTH may be longer', `${long(authLineOctets - 2, 'auth ')}\r\nNOOP\r\n`, [`${authLineOctets - 2}`, 'NOOP']],
  ['AUTH has an end too', `${long(authLineOctets - 1, 'AUTH ')}\r\nNOOP\r\n`, ['too-long', 'NOOP']],
  ['AUTHX may not', `${long(5000, 'AUTHX')}\r\nNOOP\r\n`, ['too-long', 'NOOP']],
]

for (const [name, input, wanted] of cases) {
  test(`pop3 receiver: ${name}`, () => assert.deepEqual(events(input), wanted))
}

test('pop3 receiver: the same events at every split', () => {
  for (const [name, input, wanted] of cases) {
    const step = input.length > 6000 ? 61 : 1
    for (let cut = 0; cut <= input.length; cut += step)
      assert.deepEqual(events(input, [cut]), wanted, `${name} at ${cut}`)
    const everyOctet = Array.from({ length: input.length }, (_, at) => at)
    assert.deepEqual(events(input, everyOctet), wanted, `${name}, octet by octet`)
  }
})

test('pop3 receiver: one response may be long, the line after it not', () => {
  const input = `${long(4000)}\r\n${long(4000)}\r\nNOOP\r\n`
  for (const cuts of [[], [3000], [3000, 5000]]) {
    assert.deepEqual(
      events(input, cuts, receiver => receiver.expectResponse()),
      ['4000', 'too-long', 'NOOP'],
    )
  }
})

test('pop3 receiver: holds nothing of an endless line', () => {
  const receiver = new Pop3Receiver()
  let said = 0
  for (let times = 0; times < 100; times += 1) {
    receiver.push(new Uint8Array(5000).fill(120))
    while (receiver.next()) said += 1
    assert.equal(receiver.buffered, 0)
  }
  assert.equal(said, 1)
})

test('pop3 receiver: counts what is not yet given out', () => {
  const receiver = new Pop3Receiver()
  receiver.push(Buffer.from('STLS\r\nUSER x\r\nQ'))
  receiver.next()
  assert.equal(receiver.buffered, 9)
})
