import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { parseAppendHead } from './append-head.ts'
import { rev1 } from './dialect.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { commandStart, parseCommand } from './parse.ts'

const pieces = [
  ...[
    'a ',
    'UID ',
    'NOOP',
    'LOGIN ',
    'AUTHENTICATE PLAIN ',
    'SELECT ',
    'CREATE ',
    'LIST ',
    'STATUS ',
    'APPEND ',
    'ID ',
  ],
  ...[
    'SEARCH ',
    'FETCH ',
    'STORE ',
    'COPY ',
    'MOVE ',
    'EXPUNGE ',
    'ENABLE ',
    'GETMETADATA ',
    'SETMETADATA ',
    'SETQUOTA ',
    'NOTIFY SET ',
    '(SUBSCRIBED) ',
    'RETURN (',
    '/private/x ',
    '(personal ',
    'MessageNew ',
    'MessageExpunge',
    'CHARSET ',
    'utf-8 ',
    'utf-7 ',
    'iso-2022-jp ',
  ],
  ...[
    'OR ',
    'NOT ',
    'FROM ',
    'HEADER ',
    'TEXT ',
    'BEFORE ',
    '1-Feb-2026',
    'ALL',
    'BODY[',
    'BODY.PEEK[',
    'HEADER.FIELDS ',
    ']',
  ],
  ...[
    '<0.5>',
    '1.2',
    'MIME',
    'FLAGS ',
    '+FLAGS.SILENT ',
    '\\Seen',
    '\\Recent',
    '(USE (',
    'INBOX',
    '&APw-',
    '&',
    '&AGEA',
  ],
  ...[
    '"',
    '\\',
    '(',
    ')',
    '{',
    '}',
    '{3}\r\n',
    '{0}\r\n',
    '{1+}\r\n',
    '~{2}\r\n',
    '\r',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '%',
    '*',
    '$',
  ],
  ...[
    '1',
    '0',
    '1:*',
    ',',
    ':',
    '4294967296',
    '\xc3\xa4',
    '\xff',
    '=',
    'AGEAYg==',
    '" 1-Feb-2026 01:30:00 +0130" ',
    'x',
    '~',
    '+',
  ],
]
const whole = [
  'a LOGIN "al\\"ice" {3}\r\nabc',
  'a UID FETCH 1:*,7 (UID FLAGS BODY.PEEK[1.2.HEADER.FIELDS (From "To")]<0.512> RFC822.SIZE)',
  'a UID FETCH 1:* (PREVIEW (LAZY) BINARY.PEEK[1.2]<0.9> BINARY.SIZE[] MODSEQ) (CHANGEDSINCE 12 VANISHED PARTIAL -1:-9)',
  'a SEARCH CHARSET utf-8 OR (FROM "x" NOT SEEN) (SINCE 1-Feb-2026 1:3,* HEADER X-Y {2}\r\n\xc3\xa4)',
  'a APPEND "Entw&APw-rfe" (\\Seen kw) " 1-Feb-2026 01:30:00 +0130" {3+}\r\nabc',
  'a APPEND x (\\Seen) CATENATE (URL "/INBOX/;UID=1/;SECTION=1.2" TEXT {1}\r\na) {0}\r\n ~{0+}\r\n',
  'a UID REPLACE 17 Drafts (\\Draft) {3+}\r\nabc',
  'a GENURLAUTH "imap://a@b/INBOX/;UID=1;URLAUTH=user+c" INTERNAL',
  'a STORE 1:4 -FLAGS.SILENT (\\Deleted $Forwarded)',
  'a CREATE x (USE (\\Drafts))',
  'a ID ("name" "x" "version" NIL)',
  'a STATUS x (MESSAGES UNSEEN)',
]

test('parseCommand throws nothing but ImapParseError on 20,000 inputs', () => {
  const random = generator(3501)
  let accepted = 0
  for (let round = 0; round < 20_000; round += 1) {
    const text = round % 2 === 0 ? assembled(random) : damaged(random)
    accepted += isAccepted(() => parseCommand(text)) ? 1 : 0
    isAccepted(() => parseAppendHead({ soFar: text, binary: round % 3 === 0 }, rev1), ParseError)
    commandStart(text)
  }
  // Not all that is made is nonsense, or the parser's depths are never reached.
  assert.ok(accepted > 500, `${accepted} accepted`)
})

function isAccepted(
  parse: () => unknown,
  refusal: typeof ParseError | typeof ImapParseError = ImapParseError,
): boolean {
  try {
    parse()
    return true
  } catch (error) {
    if (error instanceof refusal) return false
    throw error
  }
}

type Random = (below: number) => number

function assembled(random: Random): string {
  let text = random(10) === 0 ? '' : 'a '
  for (let left = random(15); left >= 0; left -= 1) text += pieces[random(pieces.length)] ?? ''
  return text
}

function damaged(random: Random): string {
  let text = whole[random(whole.length)] ?? ''
  for (let left = random(3); left >= 0; left -= 1) {
    const at = random(text.length + 1)
    const piece = random(3) === 0 ? String.fromCharCode(random(256)) : (pieces[random(pieces.length)] ?? '')
    text = text.slice(0, at) + piece + text.slice(at + random(4))
  }
  return text
}

/** Small, seeded, good enough: a linear congruential generator. */
function generator(seed: number): Random {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
