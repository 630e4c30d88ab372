// From, To, Cc, Bcc and Subject of a segment's messages, decoded and folded, one string of octets a field: searches of these fields read nothing else.

import { limits } from './limits.ts'

/** Their numbers are stored: new ones go to the end. */
export const indexedFields: readonly string[] = ['from', 'to', 'cc', 'bcc', 'subject']

/** Octets that are in no UTF-8: behind each value, behind each message, and in place of texts that are not kept. */
const valueEnd = 0xff
const messageEnd = 0xfe
const notKept = 0xfd

export interface FieldRow {
  readonly field: number
  /** The place of the first message in it. */
  readonly first: number
  readonly texts: Uint8Array
}

/** The texts of one message's fields of one name, as stored. Undefined: they could not be read. */
export function fieldOctets(values: readonly string[] | undefined): Uint8Array {
  if (values === undefined || !values.every(value => value.isWellFormed())) return Buffer.of(notKept, messageEnd)
  const octets = Buffer.concat([
    ...values.flatMap(value => [Buffer.from(value, 'utf8'), Buffer.of(valueEnd)]),
    Buffer.of(messageEnd),
  ])
  return octets.length > limits.fieldBytes ? Buffer.of(notKept, messageEnd) : octets
}

/** Cuts the messages' octets into rows. */
export function* fieldRows(field: number, messages: Iterable<Uint8Array>): Iterable<FieldRow> {
  let first = 0
  let count = 0
  let held: Uint8Array[] = []
  let bytes = 0
  for (const octets of messages) {
    if (bytes > 0 && bytes + octets.length > limits.fieldRowBytes) {
      yield { field, first, texts: Buffer.concat(held) }
      first = count
      held = []
      bytes = 0
    }
    held.push(octets)
    bytes += octets.length
    count += 1
  }
  if (held.length > 0) yield { field, first, texts: Buffer.concat(held) }
}

/** Each message's octets in a row, one after the other. */
export function* messagesIn(texts: Uint8Array): Iterable<Uint8Array> {
  for (let start = 0; start < texts.length; ) {
    const end = texts.indexOf(messageEnd, start) + 1
    yield texts.subarray(start, end)
    start = end
  }
}

/** Calls `visit` for each message of a row that has a value with `needle` in it, or of which that is not known. With an empty needle: a value. */
export function findInRow(
  row: FieldRow,
  needle: Uint8Array,
  visit: (place: number, found: 'yes' | 'ask') => void,
): void {
  const wanted = needle.length === 0 ? Buffer.of(valueEnd) : needle
  each(row, wanted, place => visit(place, 'yes'))
  each(row, Buffer.of(notKept), place => visit(place, 'ask'))
}

function each({ texts, first }: FieldRow, wanted: Uint8Array, visit: (place: number) => void): void {
  const octets = Buffer.from(texts.buffer, texts.byteOffset, texts.length)
  let place = first
  let counted = 0
  for (let at = octets.indexOf(wanted); at >= 0; ) {
    for (
      let end = octets.indexOf(messageEnd, counted);
      end >= 0 && end < at;
      end = octets.indexOf(messageEnd, counted)
    ) {
      place += 1
      counted = end + 1
    }
    visit(place)
    const end = octets.indexOf(messageEnd, at)
    at = end < 0 ? -1 : octets.indexOf(wanted, end)
  }
}
