// Octets over 127 in what header fields say: against the RFCs of mail (5322) and by right of RFC 6532. A session that has enabled UTF-8
// gets them as UTF-8 (RFC 6855 3, RFC 9051 4.3), any other as what ASCII has for them. Text that is no UTF-8 is in the charset of the
// message's own text, as old programs wrote it, else windows-1252.

import type { Parameter } from '#mail/part.ts'
import { fromLatin1, fromUtf8 } from '#text/bytes.ts'
import { decodeCharset, guessCharset } from '#text/charset.ts'
import { encodeWords } from '#text/encode-words.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { quotedLengthMax } from './limits.ts'
import { printString, printUtf8String } from './print.ts'

const needsCare = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

/** Whether `text` goes between quotes as it is, to whichever session. */
export function isPlainText(text: string): boolean {
  return text.length <= quotedLengthMax && !needsCare.test(text)
}

export function isAscii(text: string): boolean {
  return !/[\x80-\xff]/.test(text)
}

/** What text beyond ASCII is printed for, and read by. */
export interface TextOptions {
  /** The session has enabled UTF-8. */
  readonly utf8: boolean
  /** Of the message's text, as it names it. */
  readonly charset: string | undefined
}

/** Unstructured text and phrases: encoded words (RFC 2047) where there is no UTF-8. */
export function printHeaderText(text: string, options: TextOptions): string {
  if (isAscii(text)) return printString(text)
  const unicode = unicodeOf(text, options)
  return options.utf8 ? printUtf8String(unicode) : printString(encodeWords(unicode))
}

/** A domain: A-labels where there is no UTF-8. */
export function printHost(host: string, options: TextOptions): string {
  if (options.utf8 || isAscii(host)) return printHeaderText(host, options)
  const unicode = unicodeOf(host, options)
  return printString(toAsciiDomain(unicode) ?? encodeWords(unicode))
}

/** `"name" "value"`; where there is no UTF-8 the value as RFC 2231 4 writes it: `"name*" "utf-8''%C3%A4"`. */
export function printParameter({ name, value }: Parameter, options: TextOptions): string {
  // A name with a star is RFC 2231's already, and its value can't be put so a second time.
  if (options.utf8 || isAscii(value) || name.includes('*'))
    return `${printHeaderText(name, options)} ${printHeaderText(value, options)}`
  const encoded = percentEncoded(unicodeOf(value, options))
  return `${printHeaderText(`${name}*`, options)} ${printString(`utf-8''${encoded}`)}`
}

function unicodeOf(text: string, { charset }: TextOptions): string {
  const octets = fromLatin1(text)
  const guessed = guessCharset(octets)
  // UTF-8 looks like nothing else: what reads as it is it.
  return charset === undefined || isUtf8(guessed, octets) || notOfAscii.test(charset)
    ? guessed
    : decodeCharset(octets, charset)
}

/** No header was ever written in these. */
const notOfAscii = /^(?:utf-?(?:7|16|32)|ucs|iso-2022|hz-)/i

function isUtf8(text: string, octets: Uint8Array): boolean {
  return Buffer.from(text, 'utf8').equals(octets)
}

function percentEncoded(text: string): string {
  let encoded = ''
  for (const octet of fromUtf8(text)) {
    const character = String.fromCharCode(octet)
    encoded += /[A-Za-z0-9.!#$&+^_`{|}~-]/.test(character)
      ? character
      : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
