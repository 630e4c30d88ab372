// What SORT compares of each message (RFC 5256 3, 5957 3, 6203 5), and in which order that puts them. Texts compare by i;unicode-casemap (RFC 5255 4).

import { mergeSort } from '#base/merge-sort.ts'
import type { Conversation } from '#imap/conversation.ts'
import { messageBatches } from '#imap/fetch/message-batches.ts'
import { sortTextChars } from '#imap/limits.ts'
import type { Selected } from '#imap/selected.ts'
import { envelopeAddresses } from '#mail/envelope.ts'
import { firstValue, type Header } from '#mail/header.ts'
import { sentMs } from '#mail/sent-date.ts'
import { baseSubject } from '#mail/thread-keys.ts'
import { casemap, compareMapped } from '#text/casemap.ts'
import { decodeEncodedWords, undecodedOctets } from '#text/encoded-word.ts'
import type { SortKey } from '#wire/imap/command.ts'
import { wholeSeconds } from './column-test.ts'
import type { FoundMessages } from './find.ts'
import { inTurns } from './in-turns.ts'
import type { SortRow } from './kept-searches.ts'

type Value = SortRow['values'][number]

export interface PlacedRow extends SortRow {
  readonly place: number
}

/** The rows of what was found, in the order of `by`; equal ones in the mailbox's order (RFC 5256 3). */
export async function sortedRows(
  conversation: Conversation,
  selected: Selected,
  found: FoundMessages,
  by: readonly SortKey[],
): Promise<readonly PlacedRow[]> {
  const rows = await rowsOf(conversation, selected, found, by)
  return await inTurns(conversation, mergeSort(rows, comparison(by)))
}

/** Rows in the order of their places. A message whose octets are gone counts as one without a header. */
export async function rowsOf(
  conversation: Conversation,
  selected: Selected,
  found: FoundMessages,
  by: readonly SortKey[],
): Promise<readonly PlacedRow[]> {
  const values = by.map(key => readerOf(key, selected, found))
  const row = (place: number, header: Header): PlacedRow => ({
    place,
    uid: selected.uidAt(place),
    values: values.map(value => value(place, header)),
  })
  if (!by.some(readsHeader)) return found.places.map(place => row(place, noHeader))
  const rows: PlacedRow[] = []
  for await (const batch of messageBatches(conversation.needs.store, selected, found.places)) {
    for (const { place, reader } of batch) {
      rows.push(row(place, reader === undefined ? noHeader : (await reader.head()).header))
      await conversation.breathe()
    }
    conversation.progress(rows.length, found.places.length)
  }
  return rows
}

export function comparison(by: readonly SortKey[]): (a: SortRow, b: SortRow) => number {
  const signs = by.map(({ reverse }) => (reverse ? -1 : 1))
  return (a, b) => {
    for (const [index, sign] of signs.entries()) {
      const order = compareValues(a.values[index] ?? 0, b.values[index] ?? 0)
      if (order !== 0) return sign * order
    }
    return a.uid - b.uid
  }
}

function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  return compareMapped(a, b)
}

const noHeader: Header = { fields: [], end: 0 }

function readsHeader({ by }: SortKey): boolean {
  return by !== 'arrival' && by !== 'size' && by !== 'relevancy'
}

function readerOf(
  { by }: SortKey,
  { columns }: Selected,
  found: FoundMessages,
): (place: number, header: Header) => Value {
  switch (by) {
    case 'arrival':
      return place => wholeSeconds(columns.dates[place] ?? 0)
    case 'size':
      return place => columns.sizes[place] ?? 0
    case 'relevancy':
      // RFC 6203 5: the best first.
      return place => -found.relevancyAt(place)
    case 'date':
      return (place, header) => sentMs(header, columns.dates[place] ?? 0)
    case 'subject':
      return (_place, header) => comparable(firstValue(header, 'subject') ?? '', baseSubject)
    case 'from':
    case 'to':
    case 'cc':
      return (_place, header) => comparable(firstAddress(header, by)?.mailbox ?? '')
    case 'displayfrom':
      return (_place, header) => comparable(shownAddress(header, 'from'))
    case 'displayto':
      return (_place, header) => comparable(shownAddress(header, 'to'))
  }
}

const behindAll = '\u{10ffff}'

/** `latin1Text` as it is compared: what `cut` leaves of it, decoded. What can't be decoded goes by its octets, behind all others (RFC 5255 4.6). */
function comparable(latin1Text: string, cut = (text: string) => text): string {
  const text = decodeEncodedWords(latin1Text)
  const octets = undecodedOctets(latin1Text, text)
  if (octets !== undefined) return behindAll + cut(octets).slice(0, sortTextChars)
  return casemap(cut(text).slice(0, sortTextChars))
}

function firstAddress(header: Header, name: 'from' | 'to' | 'cc') {
  return envelopeAddresses(header, name)[0]
}

/** RFC 5957 3: the name, if there is one when it is decoded; else the address; of a group its name. */
function shownAddress(header: Header, name: 'from' | 'to'): string {
  const address = firstAddress(header, name)
  if (address === undefined) return ''
  if (address.name !== undefined && decodeEncodedWords(address.name) !== '') return address.name
  const mailbox = address.mailbox ?? ''
  return address.host === undefined ? mailbox : `${mailbox}@${address.host}`
}
