// What SEARCH looks at (RFC 9051 6.4.4): header fields and text, decoded. The caller folds case. BODY sees `bodyText`; TEXT that, the whole header and
// `partHeaderText`.

import { decodeCharset } from '#text/charset.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { decodeBase64, decodeQuotedPrintable } from '#text/transfer-encoding.ts'
import { fieldsNamed, type Header, readHeader } from './header.ts'
import { htmlCharset, htmlText } from './html-text.ts'
import { maxSearchedPartBytes } from './limits.ts'
import { parameterValue } from './parameters.ts'
import type { Part, PartFields } from './part.ts'

/** The decoded values of all fields of that name. */
export function headerText(header: Header, lowerCaseName: string): readonly string[] {
  return fieldsNamed(header, lowerCaseName).map(field => decodeEncodedWords(field.value))
}

/** All fields of a header, decoded, a line each: `Name: value`. */
export function wholeHeaderText(header: Header): string {
  return header.fields.map(field => `${field.name}: ${decodeEncodedWords(field.value)}\n`).join('')
}

/** The text of every part in `part` that has one, HTML without its tags, and the headers of the messages inside; not the header of `part`. */
export function* bodyText(message: Uint8Array, part: Part): Iterable<string> {
  if (hasText(part)) yield partText(message, part)
  for (const child of part.children) {
    if (child.envelope !== undefined) yield ownHeaderText(message, child)
    yield* bodyText(message, child)
  }
}

/** The MIME header of each part in `part`; not its own, and not those of the messages inside, which are text of its body. */
export function* partHeaderText(message: Uint8Array, part: Part): Iterable<string> {
  for (const one of partsOf(part)) if (one !== part && one.envelope === undefined) yield ownHeaderText(message, one)
}

/** Text, and what a message type holds that is no message: delivery reports, receipts, pieces of messages. */
export function hasText({ fields: { type }, children }: Pick<Part, 'fields' | 'children'>): boolean {
  return type === 'text' || (type === 'message' && children.length === 0)
}

/** `part`, and the parts in it. */
export function* partsOf(part: Part): Iterable<Part> {
  yield part
  for (const child of part.children) yield* partsOf(child)
}

function ownHeaderText(message: Uint8Array, { headerStart, bodyStart }: Part): string {
  return wholeHeaderText(readHeader(message.subarray(headerStart, bodyStart)))
}

type EncodedBody = Pick<Part, 'bodyStart' | 'bodyEnd'> & { readonly fields: Pick<PartFields, 'encoding'> }

/** The body of one part without its transfer encoding; undefined if that is unknown. */
export function decodedBody(message: Uint8Array, part: EncodedBody): Uint8Array | undefined {
  const body = message.subarray(part.bodyStart, part.bodyEnd)
  switch (part.fields.encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return body
    case 'base64':
      return decodeBase64(body)
    case 'quoted-printable':
      return decodeQuotedPrintable(body)
    default:
      return undefined
  }
}

function partText(message: Uint8Array, part: Part): string {
  const bodyEnd = Math.min(part.bodyEnd, part.bodyStart + maxSearchedPartBytes)
  const bytes = decodedBody(message, { ...part, bodyEnd }) ?? message.subarray(part.bodyStart, bodyEnd)
  const charset = parameterValue(part.fields.parameters, 'charset')
  if (part.fields.subtype !== 'html') return decodeCharset(bytes, charset)
  return htmlText(decodeCharset(bytes, charset ?? htmlCharset(bytes)))
}
