// The arguments of what searches: SEARCH (RFC 3501 6.4.4), SORT and THREAD (RFC 5256 3), ESEARCH (RFC 7377 2), CANCELUPDATE (RFC 5267 4.3.5),
// UIDBATCHES (RFC 10022).

import type { Cursor } from '#text/cursor.ts'
import type { ArgumentReader } from './argument-reader.ts'
import type { SearchReturn, SortKey } from './command.ts'
import type { Dialect } from './dialect.ts'
import { atom, parenthesized, positiveNumber, quoted, skipSpaces, space } from './grammar.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { cancelledTagsMax, filtersMax, sortKeysMax } from './limits.ts'
import { type MailboxFilter, mailboxFilter } from './mailbox-filter.ts'
import { search, searchAfterCharset } from './parse-search.ts'
import { returnAll, searchReturn } from './search-return.ts'

export function searchCommand(uid: boolean): ArgumentReader {
  return (cursor, tag, dialect) => {
    space(cursor)
    // RFC 9051 6.4.4: in rev2 every SEARCH is answered by ESEARCH.
    const returns = searchReturn(cursor) ?? (dialect.rev2 ? returnAll : undefined)
    const start = cursor.at
    const criteria = savingOrNot(returns, () => search(cursor))
    if (criteria.charset !== undefined && dialect.utf8 && !dialect.rev2) {
      // RFC 6855 3
      cursor.at = start
      cursor.fail('with UTF8=ACCEPT texts are UTF-8: CHARSET is not for this session')
    }
    return { tag, verb: 'SEARCH', uid, returns, ...criteria }
  }
}

export function sort(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const returns = searchReturn(cursor)
    const by = sortKeys(cursor)
    space(cursor)
    const criteria = savingOrNot(returns, () => searchAfterCharset(cursor))
    return { tag, verb: 'SORT', uid, by, returns, ...criteria }
  }
}

export function thread(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const start = cursor.at
    const algorithm = atom(cursor, 'a threading algorithm').toUpperCase()
    if (algorithm !== 'ORDEREDSUBJECT' && algorithm !== 'REFERENCES') {
      cursor.at = start
      return cursor.fail(`no such threading algorithm: ${algorithm.slice(0, 40)}`)
    }
    space(cursor)
    return { tag, verb: 'THREAD', uid, algorithm, ...searchAfterCharset(cursor) }
  }
}

/** `[IN (mailboxes)] [RETURN (...)] keys`. */
export const esearch: ArgumentReader = (cursor, tag, dialect) => {
  space(cursor)
  const mailboxes = sources(cursor, dialect)
  const returns = searchReturn(cursor) ?? returnAll
  const criteria = savingOrNot(returns, () => search(cursor))
  return { tag, verb: 'ESEARCH', mailboxes, returns, ...criteria }
}

export const cancelUpdate: ArgumentReader = (cursor, tag) => {
  const tags: string[] = []
  do {
    space(cursor)
    if (tags.length === cancelledTagsMax) cursor.fail(`more than ${cancelledTagsMax} tags`)
    tags.push(quoted(cursor))
  } while (cursor.peek === ' ' && cursor.rest.trimEnd() !== '')
  return { tag, verb: 'CANCELUPDATE', tags }
}

export const uidBatches: ArgumentReader = (cursor, tag) => {
  space(cursor)
  const size = positiveNumber(cursor, 'the size of a batch')
  const start = cursor.at
  if (!skipSpaces(cursor) || cursor.done) {
    cursor.at = start
    return { tag, verb: 'UIDBATCHES', size, batches: undefined }
  }
  const range = cursor.at
  const first = positiveNumber(cursor, 'the first batch')
  cursor.expect(':')
  const last = positiveNumber(cursor, 'the last batch')
  if (first <= last) return { tag, verb: 'UIDBATCHES', size, batches: { first, last } }
  // RFC 10022 3.1
  cursor.at = range
  return cursor.fail('the first batch must not be higher than the last')
}

/** What a search in an unknown charset means for `$` hangs on its options. */
function savingOrNot<T>(returns: SearchReturn | undefined, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ImapParseError) || error.code === undefined || returns?.save !== true) throw error
    throw new ImapParseError(error.message, error.at, { code: error.code, saves: true })
  }
}

function sources(cursor: Cursor, dialect: Dialect): readonly MailboxFilter[] {
  if (!cursor.takeAnyCase('IN ')) return [{ kind: 'selected' }]
  skipSpaces(cursor)
  const start = cursor.at
  const options = { max: filtersMax, mayBeEmpty: false, what: 'mailboxes' }
  const filters = parenthesized(cursor, options, () => mailboxFilter(cursor, dialect))
  if (filters.some(({ kind }) => kind === 'selected-delayed')) {
    // RFC 7377 2.2
    cursor.at = start
    cursor.fail('selected-delayed is for NOTIFY')
  }
  space(cursor)
  return filters
}

function sortKeys(cursor: Cursor): readonly SortKey[] {
  return parenthesized(cursor, { max: sortKeysMax, mayBeEmpty: false, what: 'sort keys' }, () => {
    const reverse = cursor.takeAnyCase('REVERSE ')
    skipSpaces(cursor)
    const start = cursor.at
    const name = atom(cursor, 'a sort key')
    const by = sortKeyNames.get(name.toUpperCase())
    if (by !== undefined) return { by, reverse }
    cursor.at = start
    return cursor.fail(`no such sort key: ${name.slice(0, 40)}`)
  })
}

const sortKeyNames: ReadonlyMap<string, SortKey['by']> = new Map(
  (['arrival', 'cc', 'date', 'displayfrom', 'displayto', 'from', 'relevancy', 'size', 'subject', 'to'] as const).map(
    name => [name.toUpperCase(), name],
  ),
)
