import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Transcript } from './transcript.ts'

const reply = (code: number, ...lines: string[]) => ({ code, enhanced: undefined, lines })

test('swaks’ marks, in the clear and under TLS', () => {
  const transcript = new Transcript(undefined, false)
  transcript.note('Trying x...')
  transcript.hear(reply(220, 'x'))
  transcript.say('EHLO y\r\n')
  transcript.hear(reply(250, 'x', 'SIZE'))
  transcript.say('STARTTLS\r\n')
  transcript.hear(reply(454, 'later'))
  transcript.secured('TLS started: TLSv1.3')
  transcript.say('MAIL FROM:<>\r\nRCPT TO:<b@x>\r\n')
  transcript.noteOctets(7)
  transcript.hear({ code: 550, enhanced: '5.1.1', lines: ['no', 'really'] })
  transcript.hear(reply(250, ''))
  transcript.hearBroken('25')
  transcript.fail('it broke')
  assert.equal(
    transcript.print(),
    [
      '=== Trying x...',
      '<-  220 x',
      ' -> EHLO y',
      '<-  250-x',
      '<-  250 SIZE',
      ' -> STARTTLS',
      '<** 454 later',
      '=== TLS started: TLSv1.3',
      ' ~> MAIL FROM:<>',
      ' ~> RCPT TO:<b@x>',
      '=== 7 octets of the message',
      '<~* 550-5.1.1 no',
      '<~* 550 5.1.1 really',
      '<~  250',
      '<~* 25',
      '*** it broke',
      '',
    ].join('\n'),
  )
})

test('nothing in it moves a terminal', () => {
  const transcript = new Transcript(undefined, false)
  transcript.say('MAIL FROM:<a\x1b[2Jb>\r\n')
  transcript.hearBroken('\x07\r\nx')
  assert.equal(transcript.print(), ' -> MAIL FROM:<a?[2Jb>\n<** ?\n<** x\n')
})

test('what went before stands before', () => {
  const opening = new Transcript(undefined, false)
  opening.note('opened')
  const first = new Transcript(opening, true)
  first.say('NOOP\r\n')
  assert.equal(first.print(), '=== opened\n ~> NOOP\n')
  assert.equal(opening.print(), '=== opened\n')
})

test('of a long one the begin and the end are kept, whole lines', () => {
  const transcript = new Transcript(undefined, false)
  for (let at = 0; at < 5_000; at += 1) transcript.say(`RCPT TO:<user${at}@peer.example>\r\n`)
  const text = transcript.print()
  assert.ok(text.length < 8_000, String(text.length))
  const lines = text.trimEnd().split('\n')
  assert.equal(lines[0], ' -> RCPT TO:<user0@peer.example>')
  assert.equal(lines.at(-1), ' -> RCPT TO:<user4999@peer.example>')
  assert.equal(lines.filter(line => line.startsWith('===')).length, 1)
  assert.ok(lines.every(line => / -> RCPT TO:<user\d+@peer\.example>$|^=== \d+ lines are left out here$/.test(line)))
})
