// From, To, Cc, Bcc and Subject of a segment's messages, decoded and folded, one string of octets a field: searches of these fields read nothing else.

import { limits } from './limits.ts'
import type { KnownPlaces, PlaceSet } from './place-set.ts'

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

/** Adds the places of a row's messages: of those that have a value with `needle` in it, and of which that is not known. With an empty needle: a value. */
export function findInRow(row: FieldRow, needle: Uint8Array, { yes, ask }: KnownPlaces): void {
  addHolders(row, needle.length === 0 ? Buffer.of(valueEnd) : needle, yes)
  addHolders(row, Buffer.of(notKept), ask)
}

function addHolders({ texts, first }: FieldRow, wanted: Uint8Array, into: PlaceSet): void {
  const octets = Buffer.from(texts.buffer, texts.byteOffset, texts.length)
  let place = first
  let counted = 0
  for (let at = octets.indexOf(wanted); at >= 0; at = octets.indexOf(wanted, counted)) {
    for (; counted < at; counted += 1) if (octets[counted] === messageEnd) place += 1
    into.add(place)
    while (counted < octets.length && octets[counted] !== messageEnd) counted += 1
  }
}
