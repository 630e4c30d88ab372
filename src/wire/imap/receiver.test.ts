import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromLatin1, latin1 } from '#text/bytes.ts'
import type { ReceiverLimits } from './limits.ts'
import { ImapReceiver } from './receiver.ts'

// A session that shows what the receiver tells it: literals of `big` octets and more are streamed if the command is APPEND, else
// refused; DONE is expected after IDLE.
const limits: ReceiverLimits = { lineBytes: 200, commandBytes: 300, literals: 5 }

function hear(receiver: ImapReceiver): string[] {
  const heard: string[] = []
  for (let event = receiver.next(); event !== undefined; event = receiver.next()) {
    switch (event.kind) {
      case 'command':
        heard.push(`command ${event.text}`)
        if (event.text.endsWith(' IDLE')) receiver.expectLine()
        break
      case 'line':
        heard.push(`line ${event.text}`)
        break
      case 'literal': {
        const { size, synchronizing, binary, fits, soFar } = event
        const stream = soFar.includes('APPEND') && soFar.endsWith(') ')
        const what = stream ? 'stream' : fits ? 'memory' : 'refuse'
        heard.push(`literal ${what} ${size}${synchronizing ? '' : '+'}${binary ? ' binary' : ''} after ${soFar}`)
        if (what === 'refuse') receiver.refuseLiteral()
        else receiver.acceptLiteral(what)
        break
      }
      case 'literal-bytes': {
        const last = heard.at(-1) ?? ''
        const text = latin1(event.bytes)
        if (last.startsWith('bytes ')) heard[heard.length - 1] = last + text + (event.last ? '|' : '')
        else heard.push(`bytes ${text}${event.last ? '|' : ''}`)
        break
      }
      case 'too-long':
        heard.push(`too-long ${event.tag}`)
        break
      case 'refused-literal-swallowed':
        heard.push(event.kind)
        break
    }
  }
  return heard
}

/** What is heard when `input` comes in pieces that end at `cuts`. */
function hearInPieces(input: string, cuts: readonly number[]): string[] {
  const receiver = new ImapReceiver(limits)
  const bytes = fromLatin1(input)
  const heard: string[] = []
  let start = 0
  for (const cut of [...cuts, bytes.length]) {
    receiver.push(bytes.slice(start, cut))
    start = cut
    for (const event of hear(receiver)) {
      const last = heard.at(-1) ?? ''
      if (event.startsWith('bytes ') && last.startsWith('bytes ') && !last.endsWith('|')) {
        heard[heard.length - 1] = last + event.slice('bytes '.length)
      } else heard.push(event)
    }
  }
  return heard
}

const long = 'x'.repeat(250)
const table: readonly (readonly [name: string, input: string, wanted: readonly string[]])[] = [
  ['a command is a line with CRLF', 'a NOOP\r\n', ['command a NOOP']],
  ['without its CRLF it is not there yet', 'a NOOP\r', []],
  ['pipelined commands come one by one', 'a NOOP\r\nb CHECK\r\n', ['command a NOOP', 'command b CHECK']],
  ['an empty line is an empty command', '\r\n', ['command ']],
  ['a bare LF ends nothing', 'a NOOP\nb NOOP\r\n', ['command a NOOP\nb NOOP']],
  ['a bare CR ends nothing', 'a NOOP\rb\r\r\n', ['command a NOOP\rb\r']],
  ['octets over 127 and NUL stay as they are', 'a \xff\0\x80\r\n', ['command a \xff\0\x80']],
  [
    'a literal stands in the command',
    'a LOGIN {3}\r\nabc {2+}\r\nxy\r\nb NOOP\r\n',
    [
      'literal memory 3 after a LOGIN ',
      'literal memory 2+ after a LOGIN {3}\r\nabc ',
      'command a LOGIN {3}\r\nabc {2}\r\nxy',
      'command b NOOP',
    ],
  ],
  [
    'a literal may hold CRLF, NUL and what looks like a command or a literal',
    'a LOGIN {16}\r\n\r\nb NOOP\r\n\0{5}\r\n x\r\n',
    ['literal memory 16 after a LOGIN ', 'command a LOGIN {16}\r\n\r\nb NOOP\r\n\0{5}\r\n x'],
  ],
  ['an empty literal', 'a X {0}\r\n\r\n', ['literal memory 0 after a X ', 'command a X {0}\r\n']],
  ['literal8', 'a X ~{1}\r\n\0\r\n', ['literal memory 1 binary after a X ', 'command a X ~{1}\r\n\0']],
  [
    'literal8 without waiting',
    'a X ~{1+}\r\n\0\r\n',
    ['literal memory 1+ binary after a X ', 'command a X ~{1}\r\n\0'],
  ],
  ['braces inside a line announce nothing', 'a X {3} {a} {-1}\r\n', ['command a X {3} {a} {-1}']],
  [
    'a streamed literal is not in the command',
    'a APPEND x () {6}\r\nab\r\ncd\r\nb NOOP\r\n',
    ['literal stream 6 after a APPEND x () ', 'bytes ab\r\ncd|', 'command a APPEND x () {0}\r\n', 'command b NOOP'],
  ],
  [
    'a streamed empty literal has one event',
    'a APPEND x () ~{0+}\r\n\r\n',
    ['literal stream 0+ binary after a APPEND x () ', 'bytes |', 'command a APPEND x () ~{0}\r\n'],
  ],
  [
    'two streamed literals in one command',
    'a APPEND x () {1+}\r\n1 () {2+}\r\n22\r\n',
    [
      'literal stream 1+ after a APPEND x () ',
      'bytes 1|',
      'literal stream 2+ after a APPEND x () {0}\r\n () ',
      'bytes 22|',
      'command a APPEND x () {0}\r\n () {0}\r\n',
    ],
  ],
  [
    'after a refused {n} the next line is a command',
    'a X {9999}\r\nb NOOP\r\n',
    ['literal refuse 9999 after a X ', 'command b NOOP'],
  ],
  [
    'a refused {n+} goes by with the rest of its command',
    `a X {500+}\r\n${'\r\nb NOOP\r\n'.repeat(50)} {3+}\r\nabc "x"\r\nb NOOP\r\n`,
    ['literal refuse 500+ after a X ', 'refused-literal-swallowed', 'command b NOOP'],
  ],
  [
    'a refused {n+} goes by up to a {n} behind it, which nobody answers',
    `a X {300+}\r\n${'y'.repeat(300)} {3}\r\nb NOOP\r\n`,
    ['literal refuse 300+ after a X ', 'refused-literal-swallowed', 'command b NOOP'],
  ],
  [
    'more literals than the limit do not fit',
    `a X${' {1+}\r\ny'.repeat(6)}\r\nb NOOP\r\n`,
    [
      ...Array.from({ length: 5 }, (_, index) => `literal memory 1+ after a X${' {1}\r\ny'.repeat(index)} `),
      `literal refuse 1+ after a X${' {1}\r\ny'.repeat(5)} `,
      'refused-literal-swallowed',
      'command b NOOP',
    ],
  ],
  [
    'a literal of more digits than a number has is refused',
    'a X {99999999999999999999}\r\n',
    ['literal refuse 100000000000000000000 after a X '],
  ],
  ['a line as long as the limit is none too long', `a ${'x'.repeat(198)}\r\n`, [`command a ${'x'.repeat(198)}`]],
  ['a line over the limit', `a ${'x'.repeat(199)}\r\nb NOOP\r\n`, ['too-long a', 'command b NOOP']],
  ['a line over the limit without a tag', `${long}\r\nb NOOP\r\n`, ['too-long undefined', 'command b NOOP']],
  [
    'the {n+} at the end of a line over the limit goes by too',
    `a ${long} {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n`,
    ['too-long a', 'command c NOOP'],
  ],
  [
    'a command over the limit in several lines',
    `a ${'x'.repeat(150)} {1}\r\ny${'x'.repeat(190)}\r\nb NOOP\r\n`,
    [`literal memory 1 after a ${'x'.repeat(150)} `, 'too-long a', 'command b NOOP'],
  ],
  [
    'what stands behind DONE stays for later',
    'a IDLE\r\nDONE\r\nb NOOP\r\n',
    ['command a IDLE', 'line DONE', 'command b NOOP'],
  ],
  [
    'an expected line announces no literal',
    'a IDLE\r\nx {3}\r\nb NOOP\r\n',
    ['command a IDLE', 'line x {3}', 'command b NOOP'],
  ],
  [
    'an expected line over the limit',
    `a IDLE\r\n${long}\r\nb NOOP\r\n`,
    ['command a IDLE', 'too-long undefined', 'command b NOOP'],
  ],
]

describe('ImapReceiver', () => {
  for (const [name, input, wanted] of table) {
    test(name, () => assert.deepEqual(hearInPieces(input, []), wanted))
  }

  test('hears the same wherever the input is split', () => {
    for (const [name, input, wanted] of table) {
      const everywhere = Array.from({ length: input.length }, (_, at) => at)
      assert.deepEqual(hearInPieces(input, everywhere), wanted, `${name}, octet by octet`)
      for (const cut of everywhere) assert.deepEqual(hearInPieces(input, [cut]), wanted, `${name}, split at ${cut}`)
      for (let step = 2; step < 9; step += 1) {
        const cuts = everywhere.filter(at => at % step === 0)
        assert.deepEqual(hearInPieces(input, cuts), wanted, `${name}, pieces of ${step}`)
      }
    }
  })

  test('hears the same when the whole table comes in one stream', () => {
    const whole = table.filter(([, input]) => input.endsWith('\r\n') && !input.includes('99999999999999999999'))
    const input = whole.map(([, text]) => text).join('')
    const wanted = whole.flatMap(([, , heard]) => heard)
    for (const step of [1, 3, 50, 100_000]) {
      const cuts = Array.from({ length: Math.floor(input.length / step) }, (_, index) => index * step)
      assert.deepEqual(hearInPieces(input, cuts), wanted)
    }
  })

  test('counts what is not read yet', () => {
    const receiver = new ImapReceiver(limits)
    receiver.push(fromLatin1('a STARTTLS\r\nb NO'))
    assert.equal(receiver.buffered, 16)
    receiver.next()
    assert.equal(receiver.buffered, 4)
    receiver.push(fromLatin1('OP\r\n'))
    receiver.next()
    assert.equal(receiver.buffered, 0)
  })

  test('tells of a line over the limit before its end comes', () => {
    const receiver = new ImapReceiver(limits)
    receiver.push(fromLatin1('x'.repeat(200)))
    assert.equal(receiver.next(), undefined)
    receiver.push(fromLatin1('\r'))
    assert.equal(receiver.next(), undefined)
    receiver.push(fromLatin1('x'))
    assert.equal(receiver.next()?.kind, 'too-long')
  })

  test('holds nothing of a line that is too long, nor of a refused literal', () => {
    const receiver = new ImapReceiver(limits)
    const megabyte = new Uint8Array(1_000_000).fill(120)
    receiver.push(megabyte)
    assert.equal(receiver.next()?.kind, 'too-long')
    for (let times = 0; times < 10; times += 1) {
      receiver.push(megabyte)
      assert.equal(receiver.next(), undefined)
      assert.ok(receiver.buffered < 100)
    }
    receiver.push(fromLatin1('\r\na X {10000000+}\r\n'))
    assert.equal(receiver.next()?.kind, 'literal')
    receiver.refuseLiteral()
    for (let times = 0; times < 10; times += 1) {
      assert.equal(receiver.next(), undefined)
      assert.equal(receiver.buffered, 0)
      receiver.push(megabyte)
    }
    receiver.push(fromLatin1('\r\n'))
    assert.equal(receiver.next()?.kind, 'refused-literal-swallowed')
  })

  test('gives pieces of a streamed literal that later octets do not change', () => {
    const receiver = new ImapReceiver(limits)
    const pieces: Uint8Array[] = []
    for (const character of 'a APPEND x {20+}\r\n01234567890123456789\r\nb NOOP\r\n') {
      receiver.push(fromLatin1(character))
      for (let event = receiver.next(); event !== undefined; event = receiver.next()) {
        if (event.kind === 'literal') receiver.acceptLiteral('stream')
        if (event.kind === 'literal-bytes') pieces.push(event.bytes)
      }
    }
    assert.equal(pieces.map(piece => latin1(piece)).join(''), '01234567890123456789')
  })

  test('insists on a decision about a literal', () => {
    const receiver = new ImapReceiver(limits)
    assert.throws(() => receiver.acceptLiteral('memory'), /no literal/)
    receiver.push(fromLatin1('a X {5000}\r\n'))
    receiver.next()
    assert.throws(() => receiver.next(), /accept or refuse/)
    assert.throws(() => receiver.acceptLiteral('memory'), RangeError)
    assert.throws(() => receiver.expectLine(), /between two commands/)
  })

  test('takes longer commands once the limits are raised', () => {
    const receiver = new ImapReceiver(limits)
    receiver.limits = { lineBytes: 1_000, commandBytes: 1_000, literals: 5 }
    receiver.push(fromLatin1(`a ${long}\r\n`))
    assert.deepEqual(receiver.next(), { kind: 'command', text: `a ${long}` })
  })
})
