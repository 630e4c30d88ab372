// The header of a message or part as a list of fields with their places (RFC 5322 2.2). Tolerant: every input has a header.

import { latin1 } from '#text/bytes.ts'
import { trimSpace } from '#text/trim.ts'
import { maxHeaderBytes } from './limits.ts'

export interface HeaderField {
  /** As written. */
  readonly name: string
  /** One character per octet, unfolded, trimmed, without CR, LF, NUL. */
  readonly value: string
  /** Octets from the start of what was read, line end included. */
  readonly start: number
  readonly end: number
}

export interface Header {
  readonly fields: readonly HeaderField[]
  /** Where the body begins, after the blank line; the length of what was read if there is none. */
  readonly end: number
}

/** Reads up to the first empty line. Lines that are no field (mbox's "From " among them) are passed over with their continuations. */
export function readHeader(bytes: Uint8Array): Header {
  const { fieldsEnd, end } = headerExtent(bytes)
  return { fields: readFields(latin1(bytes, 0, fieldsEnd)), end }
}

/** As `readHeader`, of a latin1 text that holds nothing but header lines. */
export function readFields(text: string): readonly HeaderField[] {
  const fields: HeaderField[] = []
  let start = 0
  while (start < text.length) {
    const end = fieldEnd(text, start)
    const field = readField(text, start, end)
    if (field !== undefined) fields.push(field)
    start = end
  }
  return fields
}

/** All fields of that name, in the order they stand. */
export function fieldsNamed(header: Header, lowerCaseName: string): readonly HeaderField[] {
  const found: HeaderField[] = []
  for (const field of header.fields) if (isNamed(field, lowerCaseName)) found.push(field)
  return found
}

/** The value of the first field of that name. */
export function firstValue(header: Header, lowerCaseName: string): string | undefined {
  for (const field of header.fields) if (isNamed(field, lowerCaseName)) return field.value
  return undefined
}

/** Unfolds its value when it is asked for: most fields of most messages never are. */
class Field implements HeaderField {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly #raw: string
  #value: string | undefined

  /** @param raw what stands behind the colon */
  constructor(name: string, raw: string, start: number, end: number) {
    this.name = name
    this.#raw = raw
    this.start = start
    this.end = end
  }

  get value(): string {
    this.#value ??= unfold(this.#raw)
    return this.#value
  }
}

const lineFeed = 10
const carriageReturn = 13
const emptyLine = Buffer.from('\n\r\n')
const bareEmptyLine = Buffer.from('\n\n')

function isNamed(field: HeaderField, lowerCaseName: string): boolean {
  return field.name.length === lowerCaseName.length && field.name.toLowerCase() === lowerCaseName
}

interface Extent {
  readonly fieldsEnd: number
  readonly end: number
}

function headerExtent(bytes: Uint8Array): Extent {
  return usualExtent(bytes) ?? extentByLines(bytes)
}

/** Of a header with an empty line at its end, no longer than may be. */
function usualExtent(bytes: Uint8Array): Extent | undefined {
  if (bytes[0] === lineFeed || bytes[0] === carriageReturn) return undefined
  const most = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxHeaderBytes))
  const crlf = most.indexOf(emptyLine)
  const lf = (crlf < 0 ? most : most.subarray(0, crlf + 1)).indexOf(bareEmptyLine)
  if (lf >= 0) return { fieldsEnd: lf + 1, end: lf + 2 }
  return crlf < 0 ? undefined : { fieldsEnd: crlf + 1, end: crlf + 3 }
}

function extentByLines(bytes: Uint8Array): Extent {
  let at = 0
  while (at < bytes.length) {
    const newline = bytes.indexOf(lineFeed, at)
    const lineEnd = newline < 0 ? bytes.length : newline + 1
    if (lineEnd > maxHeaderBytes) return { fieldsEnd: at, end: at }
    const isEmpty = newline === at || (newline === at + 1 && bytes[at] === carriageReturn)
    if (isEmpty) return { fieldsEnd: at, end: lineEnd }
    at = lineEnd
  }
  return { fieldsEnd: bytes.length, end: bytes.length }
}

/** After the line at `start` and every line that continues it. */
function fieldEnd(text: string, start: number): number {
  let end = start
  do {
    const newline = text.indexOf('\n', end)
    if (newline < 0) return text.length
    end = newline + 1
  } while (text[end] === ' ' || text[end] === '\t')
  return end
}

function readField(text: string, start: number, end: number): HeaderField | undefined {
  const name = nameAt(text, start, end)
  if (name === undefined) return undefined
  const colon = text.indexOf(':', start + name.length)
  return new Field(name, text.slice(colon + 1, end), start, end)
}

const colonCode = 0x3a

// RFC 5322 4.5 allows white space before the colon, and readers that unfold first take a fold there too: JavaMail does. Anything else but
// visible ASCII in a name makes the line no field.
function nameAt(text: string, start: number, end: number): string | undefined {
  let nameEnd = start
  while (nameEnd < end && isNameCode(text.charCodeAt(nameEnd))) nameEnd += 1
  if (nameEnd === start) return undefined
  let at = nameEnd
  while (at < end && isSpaceCode(text.charCodeAt(at))) at += 1
  return at < end && text.charCodeAt(at) === colonCode ? text.slice(start, nameEnd) : undefined
}

function isNameCode(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== colonCode
}

function isSpaceCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === carriageReturn || code === lineFeed
}

function unfold(raw: string): string {
  const value = trimSpace(raw)
  return /[\r\n\0]/.test(value) ? trimSpace(value.replace(/[\r\n\0]+/g, '')) : value
}
