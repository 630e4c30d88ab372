// What follows a command's name: one reader for each, in two tables, without and with UID before it.

import type { Cursor } from '#text/cursor.ts'
import type { AppendMessage, Command, StatusItems } from './command.ts'
import { dateTime } from './date.ts'
import { appendFlags, storeFlags } from './flags.ts'
import { astring, atom, literal, nstring, parenthesized, skipSpaces, space, string, unicode } from './grammar.ts'
import { enableNamesMax, idNameLengthMax, idPairsMax, idValueLengthMax } from './limits.ts'
import { mailboxName, mailboxPattern } from './mailbox-name.ts'
import { fetchItems } from './parse-fetch.ts'
import { decodeSaslResponse } from './parse-sasl.ts'
import { search } from './parse-search.ts'
import { sequenceSet } from './sequence-set.ts'

/** Begins behind the command's name, ends before the spaces at the command's end. */
type ArgumentReader = (cursor: Cursor, tag: string) => Command

function withoutArguments(
  verb:
    | 'CAPABILITY'
    | 'NOOP'
    | 'LOGOUT'
    | 'STARTTLS'
    | 'CHECK'
    | 'CLOSE'
    | 'UNSELECT'
    | 'EXPUNGE'
    | 'IDLE'
    | 'NAMESPACE',
): ArgumentReader {
  return (_cursor, tag) => ({ tag, verb })
}

function withMailbox(verb: 'SELECT' | 'EXAMINE' | 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    return { tag, verb, mailbox: mailboxName(cursor) }
  }
}

function list(verb: 'LIST' | 'LSUB'): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const reference = mailboxName(cursor)
    space(cursor)
    return { tag, verb, reference, pattern: mailboxPattern(cursor) }
  }
}

/** RFC 2971 3.1. Names come in lower case; a field with a NIL value or one over the limits is left out: nothing hangs on it. */
function id(cursor: Cursor, tag: string): Command {
  space(cursor)
  const fields = new Map<string, string>()
  if (cursor.takeAnyCase('NIL')) return { tag, verb: 'ID', fields }
  parenthesized(cursor, { max: idPairsMax, mayBeEmpty: true, what: 'fields' }, () => {
    const name = string(cursor, 'a name').toLowerCase()
    space(cursor)
    const value = nstring(cursor, 'a value')
    const fits = name.length <= idNameLengthMax && (value ?? '').length <= idValueLengthMax
    if (value !== undefined && fits) fields.set(name, unicode(value))
  })
  return { tag, verb: 'ID', fields }
}

function enable(cursor: Cursor, tag: string): Command {
  const capabilities: string[] = []
  space(cursor)
  do {
    if (capabilities.length === enableNamesMax) cursor.fail('too many capabilities')
    capabilities.push(atom(cursor, 'a capability').toUpperCase())
  } while (skipSpaces(cursor) && !cursor.done)
  return { tag, verb: 'ENABLE', capabilities }
}

function login(cursor: Cursor, tag: string): Command {
  space(cursor)
  const user = unicode(astring(cursor, 'a user name'))
  space(cursor)
  return { tag, verb: 'LOGIN', user, password: unicode(astring(cursor, 'a password')) }
}

/** With the initial response of RFC 4959; `=` is an empty one. */
function authenticate(cursor: Cursor, tag: string): Command {
  space(cursor)
  const mechanism = atom(cursor, 'a mechanism').toUpperCase()
  const start = cursor.at
  if (!skipSpaces(cursor) || cursor.done) return { tag, verb: 'AUTHENTICATE', mechanism, initial: undefined }
  const word = cursor.rest.trimEnd()
  const initial = word === '=' ? new Uint8Array(0) : decodeSaslResponse(word, start + 1)
  cursor.at += word.length
  return { tag, verb: 'AUTHENTICATE', mechanism, initial }
}

/** CREATE with USE of RFC 6154 3. Several attributes come as one `specialUse` with spaces between: no mailbox of ours has two. */
function create(cursor: Cursor, tag: string): Command {
  space(cursor)
  const mailbox = mailboxName(cursor)
  if (!skipSpaces(cursor) || cursor.done) return { tag, verb: 'CREATE', mailbox }
  cursor.expect('(')
  skipSpaces(cursor)
  if (!cursor.takeAnyCase('USE')) cursor.fail('expected USE')
  space(cursor)
  const options = { max: specialUses.size, mayBeEmpty: true, what: 'attributes' }
  const specialUse = parenthesized(cursor, options, useAttribute).join(' ')
  skipSpaces(cursor)
  cursor.expect(')')
  return specialUse === '' ? { tag, verb: 'CREATE', mailbox } : { tag, verb: 'CREATE', mailbox, specialUse }
}

/** RFC 6154 2, in its spelling, which a client need not keep. */
const specialUses = new Map(
  ['\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash'].map(name => [
    name.toUpperCase(),
    name,
  ]),
)

function useAttribute(cursor: Cursor): string {
  cursor.expect('\\')
  const name = `\\${atom(cursor, 'an attribute')}`
  return specialUses.get(name.toUpperCase()) ?? name
}

function rename(cursor: Cursor, tag: string): Command {
  space(cursor)
  const from = mailboxName(cursor)
  space(cursor)
  return { tag, verb: 'RENAME', from, to: mailboxName(cursor) }
}

function status(cursor: Cursor, tag: string): Command {
  space(cursor)
  const mailbox = mailboxName(cursor)
  space(cursor)
  const options = { max: statusItems.size * 2, mayBeEmpty: false, what: 'status items' }
  return { tag, verb: 'STATUS', mailbox, items: [...new Set(parenthesized(cursor, options, statusItem))] }
}

type StatusItem = StatusItems['items'][number]
const statusItems = new Map<string, StatusItem>(
  (['MESSAGES', 'RECENT', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN'] as const).map(name => [name, name]),
)

function statusItem(cursor: Cursor): StatusItem {
  const name = atom(cursor, 'a status item').toUpperCase()
  return statusItems.get(name) ?? cursor.fail(`no such status item: ${name}`)
}

/** The message stands there as `{0}` if it was streamed, as itself if it was kept in memory; literal8 as in RFC 3516 4.4. */
function append(cursor: Cursor, tag: string): Command {
  space(cursor)
  const mailbox = mailboxName(cursor)
  space(cursor)
  const message = appendMessage(cursor)
  cursor.take('~')
  literal(cursor)
  return { tag, verb: 'APPEND', mailbox, message }
}

function appendMessage(cursor: Cursor): AppendMessage {
  const set = cursor.peek === '(' ? appendFlags(cursor) : { flags: 0, keywords: [] }
  skipSpaces(cursor)
  const internalDate = cursor.peek === '"' ? dateTime(cursor) : undefined
  skipSpaces(cursor)
  return { ...set, internalDate }
}

function searchCommand(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    return { tag, verb: 'SEARCH', uid, ...search(cursor) }
  }
}

function fetch(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const set = sequenceSet(cursor)
    space(cursor)
    return { tag, verb: 'FETCH', uid, set, items: fetchItems(cursor) }
  }
}

function store(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const set = sequenceSet(cursor)
    space(cursor)
    const action = cursor.take('+') ? 'add' : cursor.take('-') ? 'remove' : 'replace'
    if (!cursor.takeAnyCase('FLAGS')) cursor.fail('expected FLAGS')
    const silent = cursor.takeAnyCase('.SILENT')
    space(cursor)
    return { tag, verb: 'STORE', uid, set, action, silent, ...storeFlags(cursor) }
  }
}

function copy(verb: 'COPY' | 'MOVE', uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const set = sequenceSet(cursor)
    space(cursor)
    return { tag, verb, uid, set, mailbox: mailboxName(cursor) }
  }
}

function uidExpunge(cursor: Cursor, tag: string): Command {
  space(cursor)
  return { tag, verb: 'UID EXPUNGE', set: sequenceSet(cursor) }
}

export const argumentReaders: ReadonlyMap<string, ArgumentReader> = new Map<string, ArgumentReader>([
  ['CAPABILITY', withoutArguments('CAPABILITY')],
  ['NOOP', withoutArguments('NOOP')],
  ['LOGOUT', withoutArguments('LOGOUT')],
  ['STARTTLS', withoutArguments('STARTTLS')],
  ['CHECK', withoutArguments('CHECK')],
  ['CLOSE', withoutArguments('CLOSE')],
  ['UNSELECT', withoutArguments('UNSELECT')],
  ['EXPUNGE', withoutArguments('EXPUNGE')],
  ['IDLE', withoutArguments('IDLE')],
  ['NAMESPACE', withoutArguments('NAMESPACE')],
  ['ID', id],
  ['ENABLE', enable],
  ['LOGIN', login],
  ['AUTHENTICATE', authenticate],
  ['SELECT', withMailbox('SELECT')],
  ['EXAMINE', withMailbox('EXAMINE')],
  ['DELETE', withMailbox('DELETE')],
  ['SUBSCRIBE', withMailbox('SUBSCRIBE')],
  ['UNSUBSCRIBE', withMailbox('UNSUBSCRIBE')],
  ['CREATE', create],
  ['RENAME', rename],
  ['LIST', list('LIST')],
  ['LSUB', list('LSUB')],
  ['STATUS', status],
  ['APPEND', append],
  ['SEARCH', searchCommand(false)],
  ['FETCH', fetch(false)],
  ['STORE', store(false)],
  ['COPY', copy('COPY', false)],
  ['MOVE', copy('MOVE', false)],
])

export const uidArgumentReaders: ReadonlyMap<string, ArgumentReader> = new Map<string, ArgumentReader>([
  ['EXPUNGE', uidExpunge],
  ['SEARCH', searchCommand(true)],
  ['FETCH', fetch(true)],
  ['STORE', store(true)],
  ['COPY', copy('COPY', true)],
  ['MOVE', copy('MOVE', true)],
])
