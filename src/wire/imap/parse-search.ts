// SEARCH's keys (RFC 3501 6.4.4, 5032, 5182, 6203, 7162, 8474, 8514, 9738), texts already decoded to Unicode. Reads in one pass; depth and number of keys are limited.

import { systemFlags } from '#mail/flags.ts'
import { fromLatin1 } from '#text/bytes.ts'
import { charsetIsKnown, decodeCharset } from '#text/charset.ts'
import type { Cursor } from '#text/cursor.ts'
import type { SearchCriteria, SearchKey } from './command.ts'
import { date } from './date.ts'
import { keyword } from './flags.ts'
import { amount, astring, atom, modseq, positiveNumber, quoted, skipSpaces, space, unicode } from './grammar.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { searchDepthMax, searchKeysMax } from './limits.ts'
import { isSaved, sequenceSet } from './sequence-set.ts'

interface Search {
  readonly cursor: Cursor
  readonly charset: string | undefined
  depth: number
  keys: number
}

/** `[CHARSET name] key key ...`. Several keys are one `and`. Throws ParseError; ImapParseError with code BADCHARSET. */
export function search(cursor: Cursor): SearchCriteria {
  if (cursor.takeAnyCase('CHARSET ')) return searchAfterCharset(cursor)
  return { charset: undefined, key: keysUntil({ cursor, charset: undefined, depth: 0, keys: 0 }, '') }
}

/** `name key key ...`, as SORT and THREAD have it (RFC 5256 3). Throws as `search`. */
export function searchAfterCharset(cursor: Cursor): SearchCriteria {
  skipSpaces(cursor)
  const start = cursor.at
  const charset = astring(cursor, 'a charset')
  if (!charsetIsKnown(charset)) throw new ImapParseError('unknown charset', start, { code: 'BADCHARSET' })
  space(cursor)
  return { charset, key: keysUntil({ cursor, charset, depth: 0, keys: 0 }, '') }
}

/** Keys with spaces between them up to the end of the command or `end`. */
function keysUntil(search: Search, end: '' | ')'): SearchKey {
  const { cursor } = search
  const all = [readKey(search)]
  while (skipSpaces(cursor) && cursor.peek !== end) all.push(readKey(search))
  const [only] = all
  return all.length === 1 && only !== undefined ? only : { key: 'and', all }
}

function readKey(search: Search): SearchKey {
  const { cursor } = search
  search.keys += 1
  if (search.keys > searchKeysMax) cursor.fail(`more than ${searchKeysMax} search keys`)
  if (cursor.peek === '(') return nested(search, inParentheses)
  if (isSetStart(cursor.peek)) return setKey(cursor, 'sequence')
  const start = cursor.at
  const name = atom(cursor, 'a search key').toUpperCase()
  const reader = readers.get(name)
  if (reader !== undefined) return reader(search)
  cursor.at = start
  return cursor.fail(`no such search key: ${name}`)
}

function isSetStart(character: string): boolean {
  return (character >= '0' && character <= '9') || character === '*' || character === '$'
}

function setKey(cursor: Cursor, key: 'sequence' | 'uid'): SearchKey {
  const set = sequenceSet(cursor)
  return isSaved(set) ? { key: 'saved' } : { key, set }
}

function nested(search: Search, read: (search: Search) => SearchKey): SearchKey {
  search.depth += 1
  if (search.depth > searchDepthMax) search.cursor.fail(`search keys nested deeper than ${searchDepthMax}`)
  const key = read(search)
  search.depth -= 1
  return key
}

function inParentheses(search: Search): SearchKey {
  search.cursor.expect('(')
  skipSpaces(search.cursor)
  const key = keysUntil(search, ')')
  search.cursor.expect(')')
  return key
}

function not(search: Search): SearchKey {
  space(search.cursor)
  return { key: 'not', of: readKey(search) }
}

function or(search: Search): SearchKey {
  space(search.cursor)
  const left = readKey(search)
  space(search.cursor)
  return { key: 'or', left, right: readKey(search) }
}

/** A search text in Unicode. */
function text({ cursor, charset }: Search): string {
  space(cursor)
  const octets = astring(cursor, 'a text')
  if (charset === undefined || /^(?:utf-8|us-ascii)$/i.test(charset)) return unicode(octets)
  return decodeCharset(fromLatin1(octets), charset)
}

function header(search: Search): SearchKey {
  space(search.cursor)
  const name = astring(search.cursor, 'the name of a header field').toLowerCase()
  return { key: 'header', name, text: text(search) }
}

type DateKey = Extract<SearchKey, { readonly day: number }>['key']

function dateReader(key: DateKey): (search: Search) => SearchKey {
  return ({ cursor }) => {
    space(cursor)
    return { key, day: date(cursor) }
  }
}

function secondsReader(key: 'older' | 'younger'): (search: Search) => SearchKey {
  return ({ cursor }) => {
    space(cursor)
    return { key, seconds: positiveNumber(cursor, 'a number of seconds') }
  }
}

function idReader(key: 'emailid' | 'threadid'): (search: Search) => SearchKey {
  return ({ cursor }) => {
    space(cursor)
    return { key, id: astring(cursor, 'an id') }
  }
}

/** `MODSEQ ["/flags/\\Seen" all] 720162338` (RFC 7162 3.1.5). One MODSEQ counts for all of a message: the name narrows nothing. */
function modseqKey({ cursor }: Search): SearchKey {
  space(cursor)
  if (cursor.peek === '"') {
    quoted(cursor)
    space(cursor)
    const start = cursor.at
    const type = atom(cursor, 'all, priv or shared').toLowerCase()
    if (type !== 'all' && type !== 'priv' && type !== 'shared') {
      cursor.at = start
      cursor.fail('expected all, priv or shared')
    }
    space(cursor)
  }
  return { key: 'modseq', modseq: modseq(cursor) }
}

/** `UIDAFTER 5`, `UIDBEFORE 5` (RFC 9738 3.2): a set of UIDs, without the `*` that names the last message whatever its UID. */
function uidSideReader(side: 'after' | 'before'): (search: Search) => SearchKey {
  return ({ cursor }) => {
    space(cursor)
    const uid = positiveNumber(cursor, 'a UID')
    const [from, to] = side === 'after' ? [uid + 1, highestUid] : [1, uid - 1]
    return { key: 'uid', set: from > to ? [] : [{ from, to }] }
  }
}

const highestUid = 0xffff_ffff

function fuzzy(search: Search): SearchKey {
  space(search.cursor)
  return { key: 'fuzzy', of: readKey(search) }
}

function sizeReader(key: 'larger' | 'smaller'): (search: Search) => SearchKey {
  return ({ cursor }) => {
    space(cursor)
    return { key, sizeBytes: amount(cursor, 'a size') }
  }
}

function keywordReader(set: boolean): (search: Search) => SearchKey {
  return ({ cursor }) => {
    space(cursor)
    return { key: 'keyword', keyword: keyword(cursor), set }
  }
}

const readers = new Map<string, (search: Search) => SearchKey>([
  ['ALL', () => ({ key: 'all' })],
  ['NEW', () => ({ key: 'new' })],
  ['OLD', () => ({ key: 'old' })],
  ['RECENT', () => ({ key: 'recent' })],
  ['KEYWORD', keywordReader(true)],
  ['UNKEYWORD', keywordReader(false)],
  ['BEFORE', dateReader('before')],
  ['ON', dateReader('on')],
  ['SINCE', dateReader('since')],
  ['SENTBEFORE', dateReader('sentbefore')],
  ['SENTON', dateReader('senton')],
  ['SENTSINCE', dateReader('sentsince')],
  ['SAVEDBEFORE', dateReader('savedbefore')],
  ['SAVEDON', dateReader('savedon')],
  ['SAVEDSINCE', dateReader('savedsince')],
  // RFC 8514 3: every mailbox here keeps the dates.
  ['SAVEDATESUPPORTED', () => ({ key: 'all' })],
  ['OLDER', secondsReader('older')],
  ['YOUNGER', secondsReader('younger')],
  ['MODSEQ', modseqKey],
  ['EMAILID', idReader('emailid')],
  ['THREADID', idReader('threadid')],
  ['UIDAFTER', uidSideReader('after')],
  ['UIDBEFORE', uidSideReader('before')],
  ['FUZZY', search => nested(search, fuzzy)],
  ['LARGER', sizeReader('larger')],
  ['SMALLER', sizeReader('smaller')],
  ['HEADER', header],
  ['BODY', search => ({ key: 'body', text: text(search) })],
  ['TEXT', search => ({ key: 'text', text: text(search) })],
  ['NOT', search => nested(search, not)],
  ['OR', search => nested(search, or)],
  ['UID', uid],
])
for (const name of ['from', 'to', 'cc', 'bcc', 'subject']) {
  readers.set(name.toUpperCase(), search => ({ key: 'header', name, text: text(search) }))
}
for (const [bit, name] of systemFlags) {
  const word = name.slice(1).toUpperCase()
  readers.set(word, () => ({ key: 'flag', bit, set: true }))
  readers.set(`UN${word}`, () => ({ key: 'flag', bit, set: false }))
}

function uid({ cursor }: Search): SearchKey {
  space(cursor)
  return setKey(cursor, 'uid')
}
