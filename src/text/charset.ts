// Octets in a named charset to a string: every label the WHATWG Encoding Standard knows, the names mail programs use beside it,
// and UTF-7. Mail often names no charset, or a wrong one: nothing here throws.

import { latin1, utf8 } from './bytes.ts'
import { maxCharsetLabelCharacters, maxRememberedCharsets } from './limits.ts'
import { decodeHz, decodeIso2022 } from './shifted-charset.ts'
import { decodeUtf7 } from './utf7.ts'

type Decode = (bytes: Uint8Array) => string

/** `bytes` as text. Without a label, with one that says nothing or is unknown: UTF-8 if it is that, else windows-1252. */
export function decodeCharset(bytes: Uint8Array, label: string | undefined): string {
  const name = label === undefined ? '' : plainLabel(label)
  if (says8BitUnknown.has(name)) return guessCharset(bytes)
  const decode = decoderOf(name)
  return decode === undefined ? guessCharset(bytes) : decode(bytes)
}

/** Whether `decodeCharset` would read by this label and not guess. For IMAP's BADCHARSET. */
export function charsetIsKnown(label: string): boolean {
  const name = plainLabel(label)
  return name === 'us-ascii' || name === 'ascii' || decoderOf(name) !== undefined
}

/** UTF-8 if it is valid, else windows-1252. */
export function guessCharset(bytes: Uint8Array): string {
  const text = utf8(bytes)
  // A U+FFFD may be the writer's own: then the text is the same octets when it is written again.
  const isUtf8 = !text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(bytes)
  return isUtf8 ? text : windows1252.decode(bytes)
}

const windows1252 = new TextDecoder('windows-1252')

// Labelled so, real mail holds anything: guessing is right more often than windows-1252 alone.
const says8BitUnknown = new Set(['', 'us-ascii', 'ascii', 'unknown-8bit', 'x-unknown', '8bit', 'binary', 'default'])

// Names seen in mail that the Encoding Standard does not have.
const aliases: { readonly [label: string]: string } = {
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  cp936: 'gb18030',
  ms936: 'gb18030',
  gb2312: 'gb18030',
  'gb2312-80': 'gb18030',
  'x-gbk': 'gb18030',
  gbk: 'gb18030',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  ks_c_5601: 'euc-kr',
  cp950: 'big5',
  eucjp: 'euc-jp',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'latin-1': 'iso-8859-1',
  'latin-9': 'iso-8859-15',
  ansi: 'windows-1252',
  'ansi_x3.110-1983': 'windows-1252',
  'x-mac-roman': 'macintosh',
  'mac-roman': 'macintosh',
  utf8mb4: 'utf-8',
  'utf-8-bom': 'utf-8',
  cp65001: 'utf-8',
  'ucs-2': 'utf-16',
  tis620: 'windows-874',
  cp866: 'ibm866',
}

const own: { readonly [label: string]: Decode } = {
  'utf-7': bytes => decodeUtf7(latin1(bytes)),
  utf7: bytes => decodeUtf7(latin1(bytes)),
  'unicode-1-1-utf-7': bytes => decodeUtf7(latin1(bytes)),
  'utf-8': utf8WithoutMark,
  utf8: utf8WithoutMark,
  'hz-gb-2312': decodeHz,
  'iso-2022-kr': bytes => decodeIso2022(bytes, 'euc-kr'),
  'iso-2022-cn': bytes => decodeIso2022(bytes, 'gb18030'),
}

function utf8WithoutMark(bytes: Uint8Array): string {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return utf8(marked ? bytes.subarray(3) : bytes)
}

// RFC 2231 5: an encoded word's charset may carry a language after "*".
function plainLabel(label: string): string {
  if (label.length > maxCharsetLabelCharacters) return '?'
  return label
    .toLowerCase()
    .replace(/\*.*$/, '')
    .replace(/^[\s"']+|[\s"';]+$/g, '')
}

// Asking TextDecoder for a label costs microseconds, a refusal twenty; a header may hold 100,000 encoded words.
const remembered = new Map<string, Decode | undefined>()

function decoderOf(name: string): Decode | undefined {
  if (remembered.has(name)) return remembered.get(name)
  const decode = Object.hasOwn(own, name) ? own[name] : platformDecoder(name)
  if (remembered.size >= maxRememberedCharsets) remembered.clear()
  remembered.set(name, decode)
  return decode
}

function platformDecoder(name: string): Decode | undefined {
  for (const label of spellings(name)) {
    try {
      const decoder = new TextDecoder(label)
      return bytes => decoder.decode(bytes)
    } catch {
      // The only way to ask whether a label is known: on to the next spelling.
    }
  }
  return undefined
}

function* spellings(name: string): Generator<string> {
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined
  yield alias ?? name
  const windows = /^(?:x-)?(?:cp|win|ms|windows)[-_]?(125\d|874)$/.exec(name)
  if (windows) yield `windows-${windows[1]}`
  const iso = /^(?:x-)?iso[-_ ]?8859[-_ ]?(\d\d?)(?:-[ei])?$/.exec(name)
  if (iso) yield `iso-8859-${iso[1]}`
  if (name.includes('_')) yield name.replaceAll('_', '-')
}
