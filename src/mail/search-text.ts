// What SEARCH looks at (RFC 3501 6.4.4): header fields and text parts, decoded. The caller folds case.

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

/** The text of every text part in `part`, HTML without its tags, and the headers of the messages inside; not the header of `part`. */
export function* bodyText(message: Uint8Array, part: Part): Iterable<string> {
  if (part.fields.type === 'text') yield partText(message, part)
  for (const child of part.children) {
    if (child.envelope !== undefined) {
      yield wholeHeaderText(readHeader(message.subarray(child.headerStart, child.bodyStart)))
    }
    yield* bodyText(message, child)
  }
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
