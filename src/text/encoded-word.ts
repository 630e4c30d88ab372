// Encoded words in header fields (RFC 2047, with RFC 2231's language), read as leniently as mail programs write them.

import { concat, fromLatin1, latin1 } from './bytes.ts'
import { charsetIsKnown, decodeCharset, guessCharset } from './charset.ts'
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.ts'

interface Word {
  readonly charset: string
  readonly encoding: string
  readonly bytes: Uint8Array
}

/** The text a reader sees. Raw 8-bit octets outside encoded words are UTF-8 if valid, else windows-1252. Never throws. */
export function decodeEncodedWords(latin1Text: string): string {
  if (!latin1Text.includes('=?')) return rawText(latin1Text)
  let decoded = ''
  let at = 0
  let pending: Word[] = []
  for (const match of latin1Text.matchAll(encodedWord)) {
    const [whole, charset = '', encoding = '', text = ''] = match
    const between = latin1Text.slice(at, match.index)
    const word = { charset: charset.toLowerCase(), encoding: encoding.toLowerCase(), bytes: wordBytes(encoding, text) }
    // White space between two encoded words is no text (RFC 2047 6.2).
    const adjacent = pending.length > 0 && /^[ \t\r\n]*$/.test(between)
    // Many programs cut one character across two words, so words alike are decoded as one.
    if (!adjacent || !alike(pending[0], word)) {
      decoded += wordsText(pending)
      pending = []
    }
    if (!adjacent) decoded += rawText(between)
    pending.push(word)
    at = match.index + whole.length
  }
  return decoded + wordsText(pending) + rawText(latin1Text.slice(at))
}

/**
 * The octets of a text, a character each, where an encoded word in it is in a charset that is not known, or is not what it is said to be; undefined:
 * `decoded`, what decodeEncodedWords made of it, is what was written. A text that names no charset counts as one that was.
 */
export function undecodedOctets(latin1Text: string, decoded: string): string | undefined {
  if (!latin1Text.includes('=?')) return undefined
  const words = latin1Text.matchAll(encodedWord)
  if (!decoded.includes('\ufffd') && words.every(([, charset = '']) => charsetIsKnown(charset))) return undefined
  return latin1Text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(encodedWord, (_word, _charset, encoding: string, text: string) => latin1(wordBytes(encoding, text)))
}

// The text may hold spaces, against the RFC: some programs write "=?utf-8?Q?two words?=".
const encodedWord = /=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi

function alike(first: Word | undefined, second: Word): boolean {
  return first !== undefined && first.charset === second.charset && first.encoding === second.encoding
}

function wordBytes(encoding: string, text: string): Uint8Array {
  if (encoding === 'b' || encoding === 'B') return decodeBase64(fromLatin1(text))
  return decodeQuotedPrintable(fromLatin1(text.replace(/[_ ]/g, '=20')))
}

function wordsText(words: readonly Word[]): string {
  const first = words[0]
  return first === undefined ? '' : decodeCharset(concat(words.map(word => word.bytes)), first.charset)
}

function rawText(latin1Text: string): string {
  return /[\x80-\xff]/.test(latin1Text) ? guessCharset(fromLatin1(latin1Text)) : latin1Text
}
