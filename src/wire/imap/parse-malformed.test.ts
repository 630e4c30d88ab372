import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ImapParseError } from './imap-parse-error.ts'
import {
  fetchItemsMax,
  keywordLengthMax,
  keywordsMax,
  searchDepthMax,
  searchKeysMax,
  sequenceRangesMax,
  tagLengthMax,
} from './limits.ts'
import { parseCommand } from './parse.ts'

function errorOf(text: string): ImapParseError {
  try {
    parseCommand(text)
  } catch (error) {
    if (error instanceof ImapParseError) return error
    throw error
  }
  return assert.fail(`accepted: ${text.slice(0, 200)}`)
}

const withoutTag = [
  '',
  ' ',
  'a',
  '(a) NOOP',
  'a+b NOOP',
  '+ NOOP',
  '* NOOP',
  '"a" NOOP',
  '\xe4 NOOP',
  'a\tNOOP',
  `${'a'.repeat(tagLengthMax + 1)} NOOP`,
]

/** Behind the tag `a` and a space. */
const malformed = [
  '',
  ' NOOP',
  'FOO',
  'FOO bar',
  'UID',
  'UID NOOP',
  'UID  ',
  'NOOP x',
  'NOOP\t',
  'NOOP\n',
  'NOOP\r',
  'NO\0OP',
  'LOGOUT now',
  'STARTTLS x',
  'ID',
  'ID x',
  'ID ("a")',
  'ID ("a" "b"',
  'ID (a b)',
  'ID ("a" "b""c" "d")',
  'ID (NIL "b")',
  `ID (${'"a" "b" '.repeat(31)})`,
  'ENABLE',
  'ENABLE ',
  'ENABLE (X)',
  'LOGIN',
  'LOGIN alice',
  'LOGIN alice ',
  'LOGIN alice secret more',
  'LOGIN alice (secret)',
  'LOGIN alice "secret',
  'LOGIN alice "sec\nret"',
  'LOGIN alice "sec\rret"',
  'LOGIN alice "sec\0ret"',
  'LOGIN alice "sec\\ret"',
  'LOGIN alice "secret"x',
  'LOGIN {5}\r\nalice',
  'LOGIN {5}\r\nali secret',
  'LOGIN {5}\nalice secret',
  'LOGIN {5} alice secret',
  'LOGIN {}\r\nalice secret',
  'LOGIN {-1}\r\nalice secret',
  'LOGIN {99999999999999999999}\r\nalice secret',
  'LOGIN {5}\r\nal\0ce secret',
  'LOGIN ~{5}\r\nalice secret',
  'AUTHENTICATE',
  'AUTHENTICATE PLAIN !!!',
  'AUTHENTICATE PLAIN abc',
  'AUTHENTICATE PLAIN A===',
  'AUTHENTICATE PLAIN YWJj YWJj',
  'SELECT',
  'SELECT ',
  'SELECT a b',
  'SELECT a*',
  'SELECT a%',
  'SELECT (a)',
  'SELECT a (CONDSTORES)',
  'SELECT a ()',
  'SELECT a (QRESYNC)',
  'SELECT a (QRESYNC (1))',
  'SELECT a (QRESYNC (0 1))',
  'SELECT a (QRESYNC (1 2 3:*))',
  'SELECT a (QRESYNC (1 2 3 (1)))',
  'SELECT a (CONDSTORE QRESYNC (1 2) CONDSTORE)',
  'STORE 1 (UNCHANGEDSINCE) FLAGS ()',
  'STORE 1 (CHANGEDSINCE 1) FLAGS ()',
  'SELECT "\xff"',
  'SELECT "\xc3"',
  'CREATE x y',
  'CREATE x ()',
  'CREATE x (USE \\Drafts)',
  'CREATE x (USE (Drafts))',
  'CREATE x (USE (\\Drafts)',
  'CREATE x (USE (\\Drafts)) y',
  'RENAME a',
  'RENAME a b c',
  'LIST',
  'LIST ""',
  'LIST "" ',
  'LIST "" (',
  'LIST * *',
  'STATUS x',
  'STATUS x ()',
  'STATUS x MESSAGES',
  'STATUS x (MESSAGES',
  'STATUS x (SIZES)',
  'STATUS x (MESSAGES,UNSEEN)',
  'APPEND x',
  'APPEND x "text"',
  'APPEND x (\\Seen) text',
  'APPEND x (\\Nonsense) {0}\r\n',
  'APPEND x (\\*) {0}\r\n',
  'APPEND x "32-Jan-2026 00:00:00 +0000" {0}\r\n',
  'APPEND x "29-Feb-2026 00:00:00 +0000" {0}\r\n',
  'APPEND x " 1-Foo-2026 00:00:00 +0000" {0}\r\n',
  'APPEND x " 1-Jan-2026 24:00:00 +0000" {0}\r\n',
  'APPEND x " 1-Jan-2026 00:60:00 +0000" {0}\r\n',
  'APPEND x " 1-Jan-2026 00:00:61 +0000" {0}\r\n',
  'APPEND x " 1-Jan-2026 00:00:00 +2400" {0}\r\n',
  'APPEND x " 1-Jan-2026 00:00:00 GMT" {0}\r\n',
  'APPEND x " 1-Jan-2026 00:00:00" {0}\r\n',
  'APPEND x {3}\r\nab',
  'APPEND x {1}\r\na b',
  'UID EXPUNGE',
  'UID EXPUNGE x',
  'EXPUNGE 1',
  'FETCH',
  'FETCH 1',
  'FETCH 1 ',
  'FETCH 0 FLAGS',
  'FETCH 4294967296 FLAGS',
  'FETCH 1: FLAGS',
  'FETCH :1 FLAGS',
  'FETCH 1, FLAGS',
  'FETCH ,1 FLAGS',
  'FETCH 1:2:3 FLAGS',
  'FETCH -1 FLAGS',
  'FETCH $,1 FLAGS',
  'FETCH ** FLAGS',
  'FETCH 1 FOO',
  'FETCH 1 ()',
  'FETCH 1 (FLAGS',
  'FETCH 1 FLAGS)',
  'FETCH 1 FLAGS UID',
  'FETCH 1 (ALL)',
  'FETCH 1 (FLAGS FAST)',
  'FETCH 1 (FLAGS(UID))',
  'FETCH 1 BODY.PEEK',
  'FETCH 1 BODY[',
  'FETCH 1 BODY[FOO]',
  'FETCH 1 BODY[MIME]',
  'FETCH 1 BODY[0]',
  'FETCH 1 BODY[1.]',
  'FETCH 1 BODY[.1]',
  'FETCH 1 BODY[1..2]',
  'FETCH 1 BODY[1TEXT]',
  'FETCH 1 BODY[1.FOO]',
  'FETCH 1 BODY[TEXT.1]',
  'FETCH 1 BODY[HEADER.FIELDS]',
  'FETCH 1 BODY[HEADER.FIELDS ()]',
  'FETCH 1 BODY[HEADER.FIELDS (]',
  'FETCH 1 BODY[HEADER.FIELDS From]',
  'FETCH 1 BODY[]<0>',
  'FETCH 1 BODY[]<0.0>',
  'FETCH 1 BODY[]<0.1',
  'FETCH 1 BODY[]<-1.1>',
  'FETCH 1 BODY[]<99999999999999999999.1>',
  `FETCH 1 BODY[${'1.'.repeat(200)}1]`,
  `FETCH 1 (${'UID '.repeat(fetchItemsMax + 1)})`,
  `FETCH ${'1,'.repeat(sequenceRangesMax)}1 FLAGS`,
  'STORE 1',
  'STORE 1 FLAGS',
  'STORE 1 FLAGS ',
  'STORE 1 FOO (\\Seen)',
  'STORE 1 +FLAGS.LOUD (\\Seen)',
  'STORE 1 +FLAGS (\\Recent)',
  'STORE 1 +FLAGS \\Recent',
  'STORE 1 +FLAGS (\\Foo)',
  'STORE 1 +FLAGS (a"b)',
  'STORE 1 +FLAGS (\\Seen\\Draft)',
  'SEARCH BEFORE 0-Feb-2026',
  'SEARCH BEFORE 99-Dec-2026',
  'STORE 1 +FLAGS ("a")',
  'STORE 1 +FLAGS (\xe4)',
  'STORE 1 +FLAGS (\\Seen) x',
  'COPY 1',
  'COPY x y',
  'UID MOVE 1',
  'SEARCH',
  'SEARCH ',
  'SEARCH FOO',
  'SEARCH ()',
  'SEARCH (1',
  'SEARCH 1)',
  'SEARCH NOT',
  'SEARCH OR 1',
  'SEARCH OR 1 ',
  'SEARCH FROM',
  'SEARCH HEADER x',
  'SEARCH KEYWORD \\Seen',
  'SEARCH LARGER x',
  'SEARCH LARGER -1',
  'SEARCH BEFORE x',
  'SEARCH BEFORE 31-Feb-2026',
  'SEARCH BEFORE 1-Feb-26',
  'SEARCH BEFORE "1-Feb-2026',
  'SEARCH BEFORE 1-Feb-20266',
  'SEARCH UID x',
  'SEARCH 1,x',
  'SEARCH CHARSET',
  'SEARCH CHARSET utf-8',
  'SEARCH RETURN (MIN)',
  `SEARCH ${'('.repeat(searchDepthMax + 1)}1${')'.repeat(searchDepthMax + 1)}`,
  `SEARCH ${'NOT '.repeat(searchDepthMax + 1)}1`,
  `SEARCH ${'OR '.repeat(searchDepthMax + 1)}${'1 '.repeat(searchDepthMax + 2)}`,
  `SEARCH ${'1 '.repeat(searchKeysMax + 1)}`,
  `SEARCH ${'('.repeat(60_000)}`,
]

describe('parseCommand refuses', () => {
  for (const text of withoutTag) {
    test(`without a tag: ${text.slice(0, 60)}`, () => assert.equal(errorOf(text).tag, undefined))
  }
  for (const text of malformed) {
    test(text.slice(0, 80), () => {
      const { tag, code, at } = errorOf(`a ${text}`)
      assert.equal(tag, 'a')
      assert.equal(code, undefined)
      assert.ok(at >= 0 && at <= text.length + 2)
    })
  }

  test('a name that is no modified UTF-7 by its own code', () => {
    for (const name of ['&', '&x', '"a & b"', '&AGE-', '"&2D0-"', 'R&D'])
      for (const text of [`SELECT ${name}`, `RENAME x ${name}`, `APPEND ${name} {0}\r\n`, `COPY 1 ${name}`]) {
        const { tag, code } = errorOf(`a ${text}`)
        assert.deepEqual([tag, code], ['a', 'CANNOT'])
      }
  })

  test('more than we take of what the grammar allows by its own code', () => {
    const names = Array.from({ length: keywordsMax + 1 }, (_, number) => `k${number}`).join(' ')
    for (const flags of [names, `${names} ${names}`, 'a'.repeat(keywordLengthMax + 1)])
      for (const text of [`STORE 1 FLAGS ${flags}`, `STORE 1 FLAGS (${flags})`, `APPEND x (${flags}) {0}\r\n`]) {
        const { tag, code } = errorOf(`a ${text}`)
        assert.deepEqual([tag, code], ['a', 'LIMIT'])
      }
  })

  test('an unknown charset by its own code', () => {
    for (const search of ['SEARCH CHARSET x-nonsense TEXT x', 'UID SEARCH CHARSET "" ALL']) {
      const { tag, code } = errorOf(`a ${search}`)
      assert.deepEqual([tag, code], ['a', 'BADCHARSET'])
    }
  })
})
