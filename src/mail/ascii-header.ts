// The header of a message or part in ASCII (RFC 6858). Fields that are ASCII stay as they are written, octet for octet.

import { fromLatin1, latin1 } from '#text/bytes.ts'
import { asciiField } from './ascii-field.ts'
import { type HeaderField, readFields } from './header.ts'

/** Offsets in the message. */
export interface HeaderPlace {
  readonly start: number
  /** After the blank line. */
  readonly end: number
  /** Octets follow that belong to the part. */
  readonly hasBody: boolean
  /** The part is a message/global: what is inside becomes a message/rfc822. */
  readonly isGlobal: boolean
}

/** Undefined: nothing is to be changed. */
export function asciiHeader(
  header: Uint8Array,
  place: Pick<HeaderPlace, 'hasBody' | 'isGlobal'>,
): Uint8Array | undefined {
  const text = latin1(header)
  if (!place.isGlobal && isAscii(text)) return undefined
  let written = ''
  let done = 0
  for (const field of readFields(text)) {
    const { start, end } = field
    written += betweenFields(text.slice(done, start))
    written += fieldIn(text.slice(start, end), field, place)
    done = end
  }
  written += betweenFields(text.slice(done))
  // A header that had no end within mail/limits.ts gets one, so that nobody takes what follows for more of it.
  return fromLatin1(place.hasBody && !blankLineAtEnd.test(text) ? `${written}\r\n` : written)
}

function fieldIn(lines: string, { name, value }: HeaderField, { isGlobal }: Pick<HeaderPlace, 'isGlobal'>): string {
  if (isGlobal && name.toLowerCase() === 'content-type')
    return asciiField(name, value)?.replace(messageGlobal, '$1rfc822') ?? ''
  return isAscii(lines) ? lines : (asciiField(name, value) ?? '')
}

const messageGlobal = /(message\/)global/i

const blankLineAtEnd = /(?:^|\n)\r?\n$/

/** Lines that are no field go when they are not ASCII, with what continues them; the blank line stays. */
function betweenFields(lines: string): string {
  if (isAscii(lines)) return lines
  return blankLineAtEnd.test(lines) ? '\r\n' : ''
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}
