// FETCH's responses, message by message (RFC 3501 7.4.2), with back-pressure: no more is made than the client takes.

import type { Conversation } from '#imap/conversation.ts'
import { heldResponseBytes, rangeBytes } from '#imap/limits.ts'
import { placesIn, type Range } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import { DiskFullError } from '#io/sql/database.ts'
import { readEnvelope } from '#mail/envelope.ts'
import { flag } from '#mail/flags.ts'
import type { Envelope } from '#mail/part.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { printSectionName } from '#wire/imap/print-section.ts'
import { printBody, printEnvelope } from '#wire/imap/print-structure.ts'
import { messageBatches, type OpenMessage } from './message-batches.ts'
import type { MessageReader } from './message-reader.ts'
import type { FetchPlan, SectionItem } from './plan.ts'
import { rowPrinter } from './row.ts'
import { type SectionOctets, sectionOctets } from './section-octets.ts'

/** Whether all messages could be read and told. */
export type Fetched = 'all' | 'some-missing' | 'some-too-large'

export async function fetchMessages(
  conversation: Conversation,
  selected: Selected,
  ranges: readonly Range[],
  plan: FetchPlan,
): Promise<Fetched> {
  if (!plan.readsMessages) return await fetchRows(conversation, selected, ranges, plan)
  const fetch = new Fetch(conversation, selected, plan)
  for await (const batch of messageBatches(conversation.needs.store, selected, placesIn(ranges)))
    await fetch.answer(batch)
  return fetch.result
}

/** The fast way: nothing but columns. */
async function fetchRows(
  conversation: Conversation,
  selected: Selected,
  ranges: readonly Range[],
  { items }: FetchPlan,
): Promise<Fetched> {
  const { output } = conversation
  const print = rowPrinter(selected, items, output)
  for (const { first, last } of ranges) {
    for (let place = first; place <= last; place += 1) {
      output.text(`* ${place + 1} FETCH (${print(place)})\r\n`)
      if (output.isFull) await conversation.breathe()
    }
  }
  return 'all'
}

class Fetch {
  readonly #conversation: Conversation
  readonly #selected: Selected
  readonly #plan: FetchPlan
  readonly #printRow: (place: number) => string
  readonly #printFlags: (place: number) => string
  result: Fetched = 'all'

  constructor(conversation: Conversation, selected: Selected, plan: FetchPlan) {
    const { output } = conversation
    this.#conversation = conversation
    this.#selected = selected
    this.#plan = plan
    // What the columns answer comes first in each response.
    this.#printRow = rowPrinter(selected, plan.items, output)
    this.#printFlags = rowPrinter(selected, [{ kind: 'flags' }], output)
  }

  async answer(batch: readonly OpenMessage[]): Promise<void> {
    const newlySeen = await this.#markSeen(batch)
    for (const { place, reader } of batch) {
      if (reader === undefined) this.result = 'some-missing'
      else await this.#answerOne(place, reader, newlySeen.has(place))
    }
  }

  /** Sets \Seen where it is missing; the places of the messages that got it, whose responses carry FLAGS. */
  async #markSeen(batch: readonly OpenMessage[]): Promise<ReadonlySet<number>> {
    const selected = this.#selected
    if (!this.#plan.setsSeen || selected.readOnly) return new Set()
    const places = batch.map(({ place }) => place).filter(place => (selected.flagsAt(place) & flag.seen) === 0)
    const uids = places.filter(place => !selected.isGone(place)).map(place => selected.uidAt(place))
    if (uids.length === 0) return new Set()
    const { accountId, mailboxId } = selected.view
    const edit = { action: 'add', flags: flag.seen, keywords: [] } as const
    try {
      await this.#conversation.needs.store.setFlags(accountId, mailboxId, uids, edit)
    } catch (error) {
      // Mail can be read on a full disk, it only stays unread.
      if (!(error instanceof DiskFullError)) throw error
    }
    return new Set(places.filter(place => (selected.flagsAt(place) & flag.seen) !== 0))
  }

  async #answerOne(place: number, reader: MessageReader, newlySeen: boolean): Promise<void> {
    const { output } = this.#conversation
    const pieces = await this.#pieces(place, reader, newlySeen)
    if (pieces === undefined) {
      this.result = 'some-too-large'
      return
    }
    output.isMidResponse = true
    let separator = `* ${place + 1} FETCH (`
    for (const piece of pieces) {
      output.text(separator + piece.text)
      separator = ' '
      if (piece.octets === undefined) continue
      if (piece.octets.kind === 'octets') output.bytes(piece.octets.octets)
      else if (reader.whole !== undefined) output.bytes(reader.whole.subarray(piece.octets.start, piece.octets.end))
      else await this.#sendRange(reader, piece.octets)
      if (output.isFull) await output.flush()
    }
    output.text(')\r\n')
    output.isMidResponse = false
    if (output.isFull) await this.#conversation.breathe()
  }

  /** All of a response but what streams, so that a fault finds nothing half said. Undefined if it is too much to hold. */
  async #pieces(place: number, reader: MessageReader, newlySeen: boolean): Promise<readonly Piece[] | undefined> {
    const { items } = this.#plan
    const pieces: Piece[] = []
    const row = this.#printRow(place)
    if (row !== '') pieces.push({ text: row })
    if (newlySeen && !items.some(({ kind }) => kind === 'flags')) pieces.push({ text: this.#printFlags(place) })
    let held = 0
    for (const item of items) {
      const piece = item.kind === 'section' ? await sectionPiece(reader, item) : await this.#textPiece(reader, item)
      if (piece === undefined) continue
      held += heldBytes(piece)
      if (held > heldResponseBytes) return undefined
      pieces.push(piece)
    }
    return pieces
  }

  /** Items read from the message that are text; undefined for those that the columns answer. */
  async #textPiece(reader: MessageReader, item: FetchItem): Promise<Piece | undefined> {
    switch (item.kind) {
      case 'envelope':
        return { text: `ENVELOPE ${printEnvelope(await this.#envelope(reader))}` }
      case 'body':
        return { text: `BODY ${printBody(await reader.structure(), { extensions: false })}` }
      case 'bodystructure':
        return { text: `BODYSTRUCTURE ${printBody(await reader.structure(), { extensions: true })}` }
      default:
        return undefined
    }
  }

  async #envelope(reader: MessageReader): Promise<Envelope> {
    const known = this.#plan.readsStructure ? (await reader.structure()).envelope : undefined
    return known ?? readEnvelope((await reader.head()).header)
  }

  async #sendRange(
    reader: MessageReader,
    { start, end }: { readonly start: number; readonly end: number },
  ): Promise<void> {
    const { output } = this.#conversation
    for (let at = start; at < end; at += rangeBytes) {
      const octets = await reader.read(at, Math.min(at + rangeBytes, end))
      if (octets.length === 0) throw new Error('a message is shorter than its size says')
      output.bytes(octets)
      await output.flush()
    }
  }
}

/** What stands between two spaces of a response: text, and behind it the octets of a literal. */
interface Piece {
  readonly text: string
  readonly octets?: SectionOctets
}

function heldBytes({ text, octets }: Piece): number {
  return text.length + (octets?.kind === 'octets' ? octets.octets.length : 0)
}

async function sectionPiece(reader: MessageReader, item: SectionItem): Promise<Piece> {
  const name = printSectionName(item)
  const octets = await sectionOctets(reader, item)
  if (octets === undefined) return { text: `${name} NIL` }
  const size = octets.kind === 'octets' ? octets.octets.length : octets.end - octets.start
  return { text: `${name} {${size}}\r\n`, octets }
}
