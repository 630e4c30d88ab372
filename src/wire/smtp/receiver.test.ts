import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { commandLineOctetsOf } from './limits.ts'
import { Receiver, type SmtpEvent } from './receiver.ts'

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** Events as short texts; `DATA` makes the receiver expect a message, `AUTH` a SASL line, `BDAT` a chunk. Content that came in pieces is joined. */
function read(pieces: Iterable<string>): string[] {
  const receiver = new Receiver()
  const seen: string[] = []
  let content = ''
  for (const piece of pieces) {
    receiver.push(bytesOf(piece))
    for (let event = receiver.next(); event !== undefined; event = receiver.next()) {
      if (event.kind === 'data') content += textOf(event.bytes)
      else {
        seen.push(shown(event, content))
        content = ''
      }
      if (event.kind === 'line' && event.text === 'DATA') receiver.expectData()
      if (event.kind === 'line' && event.text === 'AUTH') receiver.expectSaslLine()
      if (event.kind === 'line' && /^BDAT \d+$/.test(event.text)) receiver.expectChunk(Number(event.text.slice(5)))
    }
  }
  if (content !== '') seen.push(`content ${content}`)
  return seen
}

function shown(event: SmtpEvent, content: string): string {
  if (event.kind === 'line') return `line ${event.text}`
  if (event.kind === 'bad-line') return event.fault
  if (event.kind === 'chunk-end') return `chunk ${content}`
  assert.ok(event.kind === 'data-end')
  assert.equal(event.sizeBytes, content.length)
  return `message ${content}${event.bareLineEnd === undefined ? '' : ` bare ${event.bareLineEnd}`}`
}

const long = (count: number) => 'x'.repeat(count)

const table: readonly [name: string, input: string, wanted: readonly string[]][] = [
  ['lines are split at CRLF', 'EHLO a\r\nNOOP\r\nQUI', ['line EHLO a', 'line NOOP']],
  ['an empty line is a line', '\r\n', ['line ']],
  ['a line that ends in LF alone is refused', 'NOOP\nNOOP\r\n\n', ['bare-lf', 'line NOOP', 'bare-lf']],
  ['a CR within a line stays', 'NO\rOP\r\n', ['line NO\rOP']],
  ['a line of 512 octets is taken', `${long(510)}\r\n`, [`line ${long(510)}`]],
  ['a line of 513 octets is not', `${long(511)}\r\nNOOP\r\n`, ['too-long', 'line NOOP']],
  ...Object.entries(commandLineOctetsOf).flatMap(([verb, octets]): readonly (typeof table)[number][] => {
    const [most, over] = [long(octets - verb.length - 3), long(octets - verb.length - 2)]
    return [
      [`${verb} may have ${octets} octets`, `${verb} ${most}\r\n`, [`line ${verb} ${most}`]],
      [`${verb} has its limit`, `${verb.toLowerCase()} ${over}\r\nNOOP\r\n`, ['too-long', 'line NOOP']],
    ]
  }),
  ['a word that begins as MAIL is not MAIL', `MAILS ${long(600)}\r\n`, ['too-long']],
  ['a BDAT that is too long is one without a size', `BDAT 1${' '.repeat(600)}\r\nNOOP\r\n`, ['line BDAT', 'line NOOP']],
  ['a BDAT that was swallowed too', `bdat${' '.repeat(20_000)}\r\nNOOP\r\n`, ['line BDAT', 'line NOOP']],
  ['a BDAT that ends in LF alone too', 'BDAT 1\nBDATA\n', ['line BDAT', 'bare-lf']],
  ['a SASL line is no BDAT', 'AUTH\r\nBDAT 1\n', ['line AUTH', 'bare-lf']],
  [
    'a SASL line may be long, once',
    `AUTH\r\n${long(600)}\r\n${long(600)}\r\n`,
    ['line AUTH', `line ${long(600)}`, 'too-long'],
  ],
  [
    'a swallowed line ends the SASL line',
    `AUTH\r\n${long(20_000)}\r\n${long(600)}\r\n`,
    ['line AUTH', 'too-long', 'too-long'],
  ],
  ['any length is swallowed', `${long(200_000)}\r\nNOOP\r\n`, ['too-long', 'line NOOP']],
  ['a message ends at CRLF.CRLF', 'DATA\r\na\r\nb\r\n.\r\nNOOP\r\n', ['line DATA', 'message a\r\nb\r\n', 'line NOOP']],
  ['a message may be empty', 'DATA\r\n.\r\nNOOP\r\n', ['line DATA', 'message ', 'line NOOP']],
  ['a message of one empty line', 'DATA\r\n\r\n.\r\n', ['line DATA', 'message \r\n']],
  ['dots are unstuffed', 'DATA\r\n..\r\n.a\r\n...\r\na.\r\n.\r\n', ['line DATA', 'message .\r\na\r\n..\r\na.\r\n']],
  ['a message without its end is content', 'DATA\r\nabc\r\n', ['line DATA', 'content abc\r\n']],
  ['a bare LF is noted', 'DATA\r\na\nb\r\n.\r\n', ['line DATA', 'message a\nb\r\n bare LF']],
  ['a bare CR is noted', 'DATA\r\na\rb\r\n.\r\n', ['line DATA', 'message a\rb\r\n bare CR']],
  ['CR CR LF has a bare CR', 'DATA\r\na\r\r\n.\r\n', ['line DATA', 'message a\r\r\n bare CR']],
  ['the first bare end counts', 'DATA\r\na\nb\rc\r\n.\r\n', ['line DATA', 'message a\nb\rc\r\n bare LF']],
  ['LF CR is twice wrong', 'DATA\r\na\n\rb\r\n.\r\n', ['line DATA', 'message a\n\rb\r\n bare LF']],
  ['a dot, a CR and more is content', 'DATA\r\n.\rx\r\n.\r\n', ['line DATA', 'message \rx\r\n bare CR']],
  ['a dot, a CR and CRLF is content', 'DATA\r\n.\r\r\n.\r\n', ['line DATA', 'message \r\r\n bare CR']],
  [
    'two messages follow each other',
    'DATA\r\na\r\n.\r\nDATA\r\nb\r\n.\r\n',
    ['line DATA', 'message a\r\n', 'line DATA', 'message b\r\n'],
  ],
  ['a chunk is as long as it says', 'BDAT 4\r\na\r\n.NOOP\r\n', ['line BDAT 4', 'chunk a\r\n.', 'line NOOP']],
  [
    'a chunk may hold what ends a message',
    'BDAT 5\r\n\r\n.\r\nNOOP\r\n',
    ['line BDAT 5', 'chunk \r\n.\r\n', 'line NOOP'],
  ],
  ['a chunk may hold commands', 'BDAT 6\r\nQUIT\r\nNOOP\r\n', ['line BDAT 6', 'chunk QUIT\r\n', 'line NOOP']],
  ['a chunk may be empty', 'BDAT 0\r\nNOOP\r\n', ['line BDAT 0', 'chunk ', 'line NOOP']],
  [
    'chunks follow each other',
    'BDAT 1\r\naBDAT 0\r\nBDAT 2\r\n\r\nBDAT 1\r\n\nNOOP\r\n',
    [
      'line BDAT 1',
      'chunk a',
      'line BDAT 0',
      'chunk ',
      'line BDAT 2',
      'chunk \r\n',
      'line BDAT 1',
      'chunk \n',
      'line NOOP',
    ],
  ],
  ['a chunk without its end is content', 'BDAT 10\r\nabc', ['line BDAT 10', 'content abc']],
  ['octets beyond ASCII stay', 'DATA\r\n\xff\x00\xe9\r\n.\r\n', ['line DATA', 'message \xff\x00\xe9\r\n']],
]

describe('the receiver: ', () => {
  for (const [name, input, wanted] of table) test(name, () => assert.deepEqual(read([input]), wanted))
})

describe('a split between any two octets changes nothing: ', () => {
  for (const [name, input, wanted] of table) {
    if (input.length > 1000) continue
    test(name, () => {
      for (let at = 1; at < input.length; at += 1)
        assert.deepEqual(read([input.slice(0, at), input.slice(at)]), wanted, `split at ${at}`)
      assert.deepEqual(read(input), wanted, 'octet by octet')
    })
  }
  test('long lines, octet by octet', () => {
    for (const [, input, wanted] of table) if (input.length <= 30_000) assert.deepEqual(read(input), wanted)
  })
})

const ends = ['\r', '\n', '\r\n'] as const

/** RFC 5321 by the letter, an octet at a time: the offset after the first CRLF.CRLF (the one before the data counts). */
function endOfData(data: string): number {
  const at = `\r\n${data}`.indexOf('\r\n.\r\n')
  return at < 0 ? -1 : at + 3
}

describe('of the 9 × 9 line ends around a dot only CRLF.CRLF ends the message', () => {
  const pairs = ends.flatMap(first => ends.map(second => first + second))
  for (const before of [...ends, ...pairs]) {
    for (const after of [...ends, ...pairs]) {
      test(JSON.stringify(`${before}.${after}`), () => {
        const data = `a${before}.${after}MAIL FROM:<b@b>\r\nc\r\n.\r\n`
        const end = endOfData(data)
        const events = read([`DATA\r\n${data}`]).slice(1)
        const first = events[0] ?? ''
        const smuggled = before.endsWith('\r\n') && after.startsWith('\r\n')
        assert.equal(end < data.length, smuggled)
        assert.ok(first.startsWith('message a'))
        assert.equal(
          events.some(event => event.startsWith('line') && event.includes('MAIL')),
          smuggled,
        )
        // What does not end the message and is no clean line is noted, so that it never travels on.
        const clean = before.replaceAll('\r\n', '') === '' && (smuggled || after.replaceAll('\r\n', '') === '')
        assert.equal(/ bare /.test(first), !clean)
        for (let at = 1; at < data.length; at += 1)
          assert.deepEqual(read(['DATA\r\n', data.slice(0, at), data.slice(at)]).slice(1), events)
      })
    }
  }
})

/** Content, fault and end of one message, one octet after the other: what the receiver must agree with. */
function slowly(data: string): { content: string; bare: string | undefined } {
  const wire = data.slice(0, endOfData(data) - 3)
  const content = wire.startsWith('.') ? wire.slice(1).replaceAll('\r\n.', '\r\n') : wire.replaceAll('\r\n.', '\r\n')
  const first = /\r(?!\n)|(?<!\r)\n/.exec(wire)?.[0]
  return { content, bare: first === undefined ? undefined : first === '\r' ? 'CR' : 'LF' }
}

test('random messages in random pieces read as one octet after the other does', () => {
  let seed = 20260101
  const below = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * limit)
  }
  const alphabet = ['\r', '\n', '.', 'a', '\r\n', '\r\n.', '\r\n..']
  for (let round = 0; round < 3000; round += 1) {
    let data = ''
    for (let count = below(12); count >= 0; count -= 1) data += alphabet[below(alphabet.length)]
    data += '\r\n.\r\n'
    const pieces = ['DATA\r\n']
    const whole = data.slice(0, endOfData(data))
    for (let at = 0; at < whole.length; ) {
      const next = at + 1 + below(6)
      pieces.push(whole.slice(at, next))
      at = next
    }
    const { content, bare } = slowly(data)
    const wanted = `message ${content}${bare === undefined ? '' : ` bare ${bare}`}`
    assert.deepEqual(read(pieces), ['line DATA', wanted], JSON.stringify(data))
  }
})

test('content without stuffed dots is a view of what was pushed', () => {
  const receiver = new Receiver()
  receiver.expectData()
  const pushed = bytesOf('a line\r\nanother\r\n.\r\n')
  receiver.push(pushed)
  const event = receiver.next()
  assert.ok(event?.kind === 'data')
  assert.equal(event.bytes.buffer, pushed.buffer)
})

test('a chunk is a view of what was pushed, and ends at once when it is empty', () => {
  const receiver = new Receiver()
  receiver.expectChunk(0)
  assert.deepEqual(receiver.next(), { kind: 'chunk-end' })
  receiver.expectChunk(6)
  const pushed = bytesOf('a line\r\n')
  receiver.push(pushed)
  const event = receiver.next()
  assert.ok(event?.kind === 'data')
  assert.equal(event.bytes.buffer, pushed.buffer)
  assert.deepEqual(receiver.next(), { kind: 'chunk-end' })
  assert.equal(receiver.buffered, 2)
})

test('a chunk of any size is never held', () => {
  const receiver = new Receiver()
  receiver.expectChunk(Number.MAX_SAFE_INTEGER)
  for (let round = 0; round < 100; round += 1) {
    receiver.push(bytesOf(long(10_000)))
    assert.equal(receiver.next()?.kind, 'data')
    assert.equal(receiver.next(), undefined)
    assert.equal(receiver.buffered, 0)
  }
})

test('lines, messages and chunks after each other in random pieces read as the whole does', () => {
  const random = seededRandom(20260303)
  const below = (limit: number) => ((random.bytes(1)[0] ?? 0) * 256 + (random.bytes(1)[0] ?? 0)) % limit
  const octets = ['\r', '\n', '.', 'a', '\r\n', '\r\n.', '\r\n.\r\n', 'BDAT 3\r\n', long(30)]
  const content = () => Array.from({ length: below(8) }, () => octets[below(octets.length)]).join('')
  const sources: readonly (() => string)[] = [
    () => 'NOOP\r\n',
    () => `${content()}\n`,
    () => `${long(below(700))}\r\n`,
    () => `AUTH\r\n${long(below(900))}\r\n`,
    () => `DATA\r\n${content()}\r\n.\r\n`,
    () => {
      const chunk = content()
      return `BDAT ${chunk.length}\r\n${chunk}`
    },
    () => `BDAT ${below(2)}${content()}\n`,
  ]
  for (let round = 0; round < 700; round += 1) {
    const whole = Array.from({ length: 1 + below(6) }, () => sources[below(sources.length)]?.()).join('')
    const wanted = read([whole])
    assert.deepEqual(read(whole), wanted, JSON.stringify(whole))
    const pieces: string[] = []
    for (let at = 0; at < whole.length; at += pieces.at(-1)?.length ?? 1)
      pieces.push(whole.slice(at, at + 1 + below(40)))
    assert.deepEqual(read(pieces), wanted, JSON.stringify(pieces))
  }
})

test('what stands behind the end of a message is buffered, and counted', () => {
  const receiver = new Receiver()
  receiver.push(bytesOf('NOOP\r\nQUIT'))
  assert.equal(receiver.buffered, 10)
  receiver.next()
  assert.equal(receiver.buffered, 4)
  assert.equal(receiver.next(), undefined)
  assert.equal(receiver.buffered, 4)
})

test('a line without end holds no more than its limit', () => {
  const receiver = new Receiver()
  for (let round = 0; round < 100; round += 1) {
    receiver.push(bytesOf(long(10_000)))
    assert.equal(receiver.next(), undefined)
    assert.ok(receiver.buffered <= 12_288)
  }
})
