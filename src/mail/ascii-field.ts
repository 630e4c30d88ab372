// One header field in ASCII, by what its name says that it holds (RFC 6858 2).

import { encodeWhole, encodeWords } from '#text/encode-words.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { asciiAddressList } from './ascii-address-list.ts'
import { asciiDisposition, asciiMediaType } from './ascii-parameters.ts'

/** Whole lines with their ends; undefined: the field can't be said in ASCII, and goes (RFC 6858 2.4). `value`: latin1, unfolded. */
export function asciiField(name: string, value: string): string | undefined {
  const written = asciiValue(name.toLowerCase(), value)
  return written === undefined ? undefined : folded(`${name}: ${written}`)
}

function asciiValue(name: string, value: string): string | undefined {
  if (addresses.has(name)) return asciiAddressList(value)
  if (texts.has(name) || name.startsWith('x-')) return asciiText(value)
  switch (name) {
    case 'content-type':
      return asciiMediaType(value)
    case 'content-disposition':
      return asciiDisposition(value)
    case 'content-transfer-encoding':
    case 'mime-version':
      // Nobody knows such an encoding, before or after.
      return value.replace(/[^\x00-\x7f]/g, 'x')
    default:
      return undefined
  }
}

const addresses: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'resent-from',
  'resent-sender',
  'resent-to',
  'resent-cc',
  'resent-bcc',
  'disposition-notification-to',
])

/** Unstructured (RFC 5322 3.6.5, RFC 2045 8), and those that mail programs write so. */
const texts: ReadonlySet<string> = new Set([
  'subject',
  'comments',
  'content-description',
  'thread-topic',
  'organization',
])

/** Encoded words that stand there already stay what they say. */
function asciiText(value: string): string {
  const text = decodeEncodedWords(value)
  // What an encoded word hid must not come out of it: a line end, or white space that nobody would keep.
  if (/\p{Cc}|^ | $/u.test(text)) return encodeWhole(text)
  const written = encodeWords(text)
  return decodeEncodedWords(written) === text ? written : encodeWhole(text)
}

/** Lines of a good length where there is white space to break at. */
function folded(line: string): string {
  let lines = ''
  let current = ''
  for (const [word] of line.matchAll(/[ \t]*[^ \t]+/g)) {
    if (current !== '' && current.length + word.length > lineCharacters && /^[ \t]/.test(word)) {
      lines += `${current}\r\n`
      current = ''
    }
    current += word
  }
  return `${lines}${current}\r\n`
}

// RFC 2047 2, of lines with encoded words.
const lineCharacters = 76
