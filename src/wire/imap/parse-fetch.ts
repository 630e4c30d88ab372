// FETCH's items (RFC 3501 6.4.5, 9 `fetch-att`): macros opened up, BODY[section]<partial>, the old RFC822 names; BINARY (RFC 3516),
// PREVIEW (RFC 8970), MODSEQ (RFC 7162), EMAILID and THREADID (RFC 8474), SAVEDATE (RFC 8514).

import { type Cursor, characterSet } from '#text/cursor.ts'
import type { FetchItem, Partial, Section } from './command.ts'
import { amount, astring, number, parenthesized, positiveNumber, skipSpaces, space } from './grammar.ts'
import { fetchItemsMax, headerFieldsMax, sectionDepthMax } from './limits.ts'

type PlainItem = Exclude<FetchItem, { readonly kind: 'section' | 'binary' | 'binary.size' | 'preview' }>['kind']

/** One item, a list in parentheses, or a macro, which stands alone. Never empty. */
export function fetchItems(cursor: Cursor): readonly FetchItem[] {
  if (cursor.peek === '(') {
    return parenthesized(cursor, { max: fetchItemsMax, mayBeEmpty: false, what: 'items to fetch' }, fetchItem)
  }
  const start = cursor.at
  const macro = macros.get(itemName(cursor))
  if (macro !== undefined) return macro.map(kind => ({ kind }))
  cursor.at = start
  return [fetchItem(cursor)]
}

function fetchItem(cursor: Cursor): FetchItem {
  const start = cursor.at
  const name = itemName(cursor)
  if ((name === 'BODY' || name === 'BODY.PEEK') && cursor.peek === '[') return section(cursor, name === 'BODY.PEEK')
  if (cursor.peek === '[') {
    const binary = binaryItem(cursor, name)
    if (binary !== undefined) return binary
  }
  if (name === 'PREVIEW') return { kind: 'preview', lazy: previewIsLazy(cursor) }
  const item = items.get(name)
  if (item !== undefined) return item
  cursor.at = start
  return cursor.fail(`no such item to fetch: ${name}`)
}

/** BINARY[1.2]<0.100>, BINARY.PEEK[...], BINARY.SIZE[...] (RFC 3516 4): only numbers between the brackets. */
function binaryItem(cursor: Cursor, name: string): FetchItem | undefined {
  if (name === 'BINARY.SIZE') return { kind: 'binary.size', part: binaryPart(cursor) }
  if (name !== 'BINARY' && name !== 'BINARY.PEEK') return undefined
  return { kind: 'binary', part: binaryPart(cursor), peek: name === 'BINARY.PEEK', partial: partial(cursor) }
}

function binaryPart(cursor: Cursor): readonly number[] {
  cursor.expect('[')
  const part = sectionPart(cursor)
  cursor.expect(']')
  return part
}

/** ` (LAZY)`: the one modifier there is (RFC 8970 3.1). */
function previewIsLazy(cursor: Cursor): boolean {
  const start = cursor.at
  if (!skipSpaces(cursor) || !cursor.take('(')) {
    cursor.at = start
    return false
  }
  skipSpaces(cursor)
  if (!cursor.takeAnyCase('LAZY')) {
    // Behind the only item, parentheses may be FETCH's own modifiers.
    cursor.at = start
    return false
  }
  skipSpaces(cursor)
  cursor.expect(')')
  return true
}

function itemName(cursor: Cursor): string {
  return cursor.takeSome(nameCharacters, 'an item to fetch').toUpperCase()
}

function section(cursor: Cursor, peek: boolean): FetchItem {
  cursor.expect('[')
  const part = sectionPart(cursor)
  const text = sectionText(cursor, part)
  cursor.expect(']')
  return { kind: 'section', section: { part, text }, peek, partial: partial(cursor), answerAs: 'BODY' }
}

/** `1.2` and the dot behind it if a word follows. */
function sectionPart(cursor: Cursor): readonly number[] {
  const part: number[] = []
  while (isDigit(cursor.peek)) {
    if (part.length === sectionDepthMax) cursor.fail('no message is as deep as this section')
    part.push(positiveNumber(cursor, 'a part number'))
    if (!cursor.take('.')) break
    if (cursor.peek === ']') cursor.fail('expected a part number or a word behind the dot')
  }
  return part
}

function sectionText(cursor: Cursor, part: readonly number[]): Section['text'] {
  const start = cursor.at
  const afterDot = part.length === 0 || cursor.text[start - 1] === '.'
  const word = cursor.takeWhile(nameCharacters).toUpperCase()
  if (word === '') return { kind: 'all' }
  if (afterDot) {
    if (word === 'HEADER') return { kind: 'header' }
    if (word === 'TEXT') return { kind: 'text' }
    if (word === 'MIME' && part.length > 0) return { kind: 'mime' }
    if (word === 'HEADER.FIELDS') return { kind: 'header-fields', names: fieldNames(cursor), not: false }
    if (word === 'HEADER.FIELDS.NOT') return { kind: 'header-fields', names: fieldNames(cursor), not: true }
  }
  cursor.at = start
  return cursor.fail('no such section')
}

/** As the client spelled them: they are printed back so. */
function fieldNames(cursor: Cursor): readonly string[] {
  space(cursor)
  return parenthesized(cursor, { max: headerFieldsMax, mayBeEmpty: false, what: 'header field names' }, readFieldName)
}

function readFieldName(cursor: Cursor): string {
  return astring(cursor, 'the name of a header field')
}

function partial(cursor: Cursor): Partial | undefined {
  if (!cursor.take('<')) return undefined
  const start = number(cursor, 'the start')
  cursor.expect('.')
  const length = amount(cursor, 'the length')
  if (length === 0) cursor.fail('the length must be over 0')
  cursor.expect('>')
  return { start, length }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

const nameCharacters = characterSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.')

/** RFC 3501 6.4.5. */
const macros: ReadonlyMap<string, readonly PlainItem[]> = new Map([
  ['ALL', ['flags', 'internaldate', 'rfc822.size', 'envelope']],
  ['FAST', ['flags', 'internaldate', 'rfc822.size']],
  ['FULL', ['flags', 'internaldate', 'rfc822.size', 'envelope', 'body']],
])

function old(answerAs: 'RFC822' | 'RFC822.HEADER' | 'RFC822.TEXT', kind: 'all' | 'header' | 'text', peek: boolean) {
  return { kind: 'section', section: { part: [], text: { kind } }, peek, partial: undefined, answerAs } as const
}

const items: ReadonlyMap<string, FetchItem> = new Map<string, FetchItem>([
  ['FLAGS', { kind: 'flags' }],
  ['UID', { kind: 'uid' }],
  ['ENVELOPE', { kind: 'envelope' }],
  ['INTERNALDATE', { kind: 'internaldate' }],
  ['RFC822.SIZE', { kind: 'rfc822.size' }],
  ['BODY', { kind: 'body' }],
  ['BODYSTRUCTURE', { kind: 'bodystructure' }],
  ['MODSEQ', { kind: 'modseq' }],
  ['EMAILID', { kind: 'emailid' }],
  ['THREADID', { kind: 'threadid' }],
  ['SAVEDATE', { kind: 'savedate' }],
  ['RFC822', old('RFC822', 'all', false)],
  ['RFC822.HEADER', old('RFC822.HEADER', 'header', true)],
  ['RFC822.TEXT', old('RFC822.TEXT', 'text', false)],
  // In no RFC; old Outlook asks for it.
  ['RFC822.PEEK', old('RFC822', 'all', true)],
])
