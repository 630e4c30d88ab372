// Unicode in header fields for readers of ASCII (RFC 2047): encoded words in UTF-8, base64. The inverse of encoded-word.ts.

import { fromUtf8 } from './bytes.ts'

/** Octets that one word of at most 75 characters holds (RFC 2047 2): `=?utf-8?B?` and `?=` leave 63 for base64. */
const wordBytes = 45

/** `text` in ASCII: each run of words that are not becomes encoded words, all else stays as it is. Linear in the text. */
export function encodeWords(text: string): string {
  let encoded = ''
  // Words that go together into encoded ones, and the space behind them, which is theirs if one more follows.
  let run = ''
  let space = ''
  for (const [piece] of text.matchAll(pieces)) {
    if (beyondAscii.test(piece)) {
      run += space + piece
      space = ''
    } else if (run !== '' && space === '' && isSpace.test(piece)) space = piece
    else {
      encoded += encodeRun(run) + space + piece
      run = ''
      space = ''
    }
  }
  return encoded + encodeRun(run) + space
}

/** All of `text` in encoded words, whatever it holds: as a name before an address, where spaces and commas mean something. */
export function encodeWhole(text: string): string {
  return encodeRun(text)
}

// White space between two encoded words is no text (RFC 2047 6.2), so it goes into them. One or the other: nothing is tried twice.
const pieces = /[ \t\r\n]+|[^ \t\r\n]+/g
const isSpace = /^[ \t\r\n]/
const beyondAscii = /[^\x00-\x7f]/

function encodeRun(run: string): string {
  if (run === '') return ''
  const words: string[] = []
  let word = ''
  let bytes = 0
  for (const character of run.toWellFormed()) {
    const length = fromUtf8(character).length
    if (bytes + length > wordBytes) {
      words.push(encodedWord(word))
      word = ''
      bytes = 0
    }
    word += character
    bytes += length
  }
  words.push(encodedWord(word))
  return words.join(' ')
}

function encodedWord(text: string): string {
  return `=?utf-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`
}
