// Whole response lines, each with its CRLF (RFC 3501 7): status, LIST, STATUS, SEARCH, FLAGS, CAPABILITY, NAMESPACE, ID, continuation.

import { fromUtf8, latin1 } from '#text/bytes.ts'
import type { StatusItems } from './command.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'
import { printNstring, printString } from './print.ts'
import { printCode, type ResponseCode } from './response-code.ts'

export interface StatusResponse {
  /** '*' for an untagged one. */
  readonly tag: string
  readonly status: 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'
  readonly code?: ResponseCode | undefined
  /** For people. */
  readonly text: string
}

/** `tag OK [CODE] text`. The text is made printable ASCII: it must not start a line of its own. */
export function printStatusResponse({ tag, status, code, text }: StatusResponse): string {
  const readable = text.replace(/[^\x20-\x7e]+/g, '?') || status
  return code === undefined
    ? `${tag} ${status} ${readable}\r\n`
    : `${tag} ${status} [${printCode(code)}] ${readable}\r\n`
}

/** `+ text`: always with the space, which clients look for. A SASL challenge's text is its base64. */
export function printContinuation(text = ''): string {
  return `+ ${text}\r\n`
}

export interface ListedMailbox {
  readonly verb: 'LIST' | 'LSUB'
  /** As in `\HasNoChildren`. */
  readonly attributes: readonly string[]
  /** undefined is NIL: a name without levels. */
  readonly delimiter: string | undefined
  readonly name: string
  /** Extended data items as print-list.ts prints them (RFC 5258 6). */
  readonly extended?: readonly string[]
}

export function printList(listed: ListedMailbox, dialect: Dialect = rev1): string {
  const { verb, attributes, delimiter, name, extended = [] } = listed
  const more = extended.length === 0 ? '' : ` (${extended.join(' ')})`
  // LIST "" "" asks for the delimiter and the root, whose name is empty (RFC 3501 6.3.8).
  return `* ${verb} (${attributes.join(' ')}) ${printNstring(delimiter)} ${printMailbox(name, dialect)}${more}\r\n`
}

/** `values` in the order of the client's items. */
export function printStatus(
  name: string,
  values: readonly (readonly [StatusItems['items'][number], number | string])[],
  dialect: Dialect = rev1,
): string {
  return `* STATUS ${printMailbox(name, dialect)} (${values.map(([item, value]) => `${item} ${value}`).join(' ')})\r\n`
}

/** `* SEARCH 2 84 882`; the line comes without numbers too (RFC 3501 7.2.5). */
export function printSearch(numbers: readonly number[] | Uint32Array): string {
  return numbers.length === 0 ? '* SEARCH\r\n' : `* SEARCH ${numbers.join(' ')}\r\n`
}

/** `* FLAGS (…)`; `flags` as printFlags gives them. */
export function printFlagsLine(flags: string): string {
  return `* FLAGS (${flags})\r\n`
}

export function printExists(count: number): string {
  return `* ${count} EXISTS\r\n`
}

export function printRecent(count: number): string {
  return `* ${count} RECENT\r\n`
}

export function printExpunge(sequenceNumber: number): string {
  return `* ${sequenceNumber} EXPUNGE\r\n`
}

/** `* VANISHED 1:3,7`; `earlier`: of the time before this SELECT or FETCH (RFC 7162 3.2.10). `uids` by printUidSet. */
export function printVanished(uids: string, earlier = false): string {
  return earlier ? `* VANISHED (EARLIER) ${uids}\r\n` : `* VANISHED ${uids}\r\n`
}

export function printCapability(names: readonly string[]): string {
  return `* CAPABILITY ${names.join(' ')}\r\n`
}

export function printEnabled(names: readonly string[]): string {
  return names.length === 0 ? '* ENABLED\r\n' : `* ENABLED ${names.join(' ')}\r\n`
}

export interface Namespace {
  readonly prefix: string
  readonly delimiter: string
}

/** RFC 2342 5: personal, other users', shared. */
export function printNamespace(
  spaces: {
    readonly personal: readonly Namespace[]
    readonly others: readonly Namespace[]
    readonly shared: readonly Namespace[]
  },
  dialect: Dialect = rev1,
): string {
  const printed = [spaces.personal, spaces.others, spaces.shared].map(list => printNamespaces(list, dialect))
  return `* NAMESPACE ${printed.join(' ')}\r\n`
}

function printNamespaces(list: readonly Namespace[], dialect: Dialect): string {
  if (list.length === 0) return 'NIL'
  return `(${list.map(({ prefix, delimiter }) => `(${printMailbox(prefix, dialect)} ${printString(delimiter)})`).join('')})`
}

/** RFC 2971 3.2. NIL without fields. */
export function printId(fields: ReadonlyMap<string, string>): string {
  if (fields.size === 0) return '* ID NIL\r\n'
  const pairs = [...fields].map(([name, value]) => `${printString(name)} ${printString(latin1(fromUtf8(value)))}`)
  return `* ID (${pairs.join(' ')})\r\n`
}
