// The responses to a FETCH that reads messages, one after the other: what the columns say, what is made of the message, what streams from it.

import type { Conversation } from '#imap/conversation.ts'
import { heldResponseBytes, rangeBytes } from '#imap/limits.ts'
import { readerEdit } from '#imap/reader-rights.ts'
import type { Selected } from '#imap/selected.ts'
import { withoutNul } from '#imap/without-nul.ts'
import { DiskFullError } from '#io/sql/database.ts'
import { flag } from '#mail/flags.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { beginning } from './beginning.ts'
import type { OpenMessage } from './message-batches.ts'
import type { MessageReader } from './message-reader.ts'
import { heldBytes, type Piece, pieceOf } from './piece.ts'
import type { FetchPlan } from './plan.ts'
import type { PrintedOf } from './printed-structures.ts'
import { rowPrinter } from './row.ts'

/** Whether all could be read and told. */
export type Fetched = 'all' | 'some-missing' | 'some-too-large' | 'some-unknown-encoding'

export class Answers {
  readonly #conversation: Conversation
  readonly #selected: Selected
  readonly #plan: FetchPlan
  readonly #begin: (place: number) => string
  readonly #printRow: (place: number) => string
  readonly #printNewFlags: (place: number) => string
  result: Fetched = 'all'

  constructor(conversation: Conversation, selected: Selected, plan: FetchPlan) {
    const { output, dialect } = conversation
    this.#conversation = conversation
    this.#selected = selected
    this.#plan = plan
    this.#begin = beginning(conversation, selected)
    // What the columns answer comes first in each response.
    this.#printRow = rowPrinter(selected, plan.items, output)
    // RFC 7162 3.1: flags that nobody asked for come with their MODSEQ.
    const unasked: FetchItem[] = [{ kind: 'flags' }, ...(dialect.condstore ? [{ kind: 'modseq' } as const] : [])]
    const isAsked = ({ kind }: FetchItem) => plan.items.some(item => item.kind === kind)
    const missing = unasked.filter(item => !isAsked(item))
    this.#printNewFlags = rowPrinter(selected, missing, output)
  }

  async tellAll(batch: readonly OpenMessage[]): Promise<void> {
    const newlySeen = await this.#markSeen(batch)
    for (const message of batch) await this.tell(message, newlySeen.has(message.place))
    // PREVIEW and BINARY.SIZE are much work and little text.
    await this.#conversation.breathe()
  }

  async tell({ place, reader }: OpenMessage, newlySeen = false): Promise<void> {
    if (reader === undefined) this.result = 'some-missing'
    else await this.#answerOne(place, reader, newlySeen)
  }

  /** All that has to be read for the response, if it is known in print: of a plan that `isPrintable`. */
  printedOf(place: number): string | undefined {
    const printed = this.#conversation.printed.find(this.#messageAt(place))
    if (printed === undefined) return undefined
    let text = ''
    for (const { kind } of this.#plan.items) {
      if (kind !== 'envelope' && kind !== 'bodystructure') continue
      const one = printed[kind]
      if (one === undefined) return undefined
      text += text === '' ? one : ` ${one}`
    }
    return text
  }

  async tellPrinted(place: number, printed: string): Promise<void> {
    const { output } = this.#conversation
    const row = this.#printRow(place)
    output.text(`${this.#begin(place)}${row}${row === '' ? '' : ' '}${printed})\r\n`)
    if (output.isFull) await this.#conversation.breathe()
  }

  #messageAt(place: number): PrintedOf {
    const { view, columns } = this.#selected
    return { accountId: view.accountId, messageId: columns.messageIds[place] ?? 0 }
  }

  /** Sets \Seen where it is missing; the places of the messages that got it, whose responses carry FLAGS. */
  async #markSeen(batch: readonly OpenMessage[]): Promise<ReadonlySet<number>> {
    const selected = this.#selected
    if (!this.#plan.setsSeen || selected.readOnly) return noPlaces
    const places = batch.map(({ place }) => place).filter(place => (selected.flagsAt(place) & flag.seen) === 0)
    const uids = places.filter(place => !selected.isGone(place)).map(place => selected.uidAt(place))
    if (uids.length === 0) return noPlaces
    const { accountId, mailboxId } = selected.view
    const edit = { action: 'add', flags: flag.seen, keywords: [], reader: readerEdit(selected.view) } as const
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
    if (pieces.length === 0) return
    output.isMidResponse = true
    let separator = this.#begin(place)
    for (const piece of pieces) {
      output.text(separator + piece.text)
      separator = ' '
      await this.#sendOctets(reader, piece)
      if (output.isFull) await output.flush()
    }
    output.text(')\r\n')
    output.isMidResponse = false
    if (output.isFull) await this.#conversation.breathe()
  }

  /** All of a response but what streams, so that a fault finds nothing half said. Undefined if it is too much to hold. */
  async #pieces(place: number, reader: MessageReader, newlySeen: boolean): Promise<readonly Piece[] | undefined> {
    const { utf8 } = this.#conversation.dialect
    const row = this.#printRow(place)
    const newFlags = newlySeen ? this.#printNewFlags(place) : ''
    const pieces: Piece[] = []
    if (row !== '') pieces.push({ text: row })
    if (newFlags !== '') pieces.push({ text: newFlags })
    // The envelope stands in it too.
    if (this.#plan.readsStructure) await reader.structure()
    let held = 0
    for (const item of this.#plan.items) {
      const piece = await pieceOf(reader, item, utf8)
      if (piece === undefined) continue
      if (piece === 'unknown-encoding') {
        this.result = 'some-unknown-encoding'
        continue
      }
      const { isLasting = false } = piece
      if (isLasting && (item.kind === 'envelope' || item.kind === 'bodystructure'))
        this.#conversation.printed.keep(this.#messageAt(place), item.kind, piece.text)
      held += heldBytes(piece)
      if (held > heldResponseBytes) return undefined
      pieces.push(piece)
    }
    return pieces
  }

  async #sendOctets(reader: MessageReader, { octets }: Piece): Promise<void> {
    const { output } = this.#conversation
    if (octets === undefined) return
    if (octets.kind === 'octets') output.bytes(withoutNul(octets.octets))
    else if (octets.kind === 'binary') await this.#sendChunks(octets.chunks())
    else if (reader.whole !== undefined) output.bytes(withoutNul(reader.whole.subarray(octets.start, octets.end)))
    else await this.#sendRange(reader, octets)
  }

  async #sendChunks(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const { output } = this.#conversation
    for await (const chunk of chunks) {
      output.bytes(chunk)
      if (output.isFull) await output.flush()
    }
  }

  async #sendRange(
    reader: MessageReader,
    { start, end }: { readonly start: number; readonly end: number },
  ): Promise<void> {
    const { output } = this.#conversation
    for (let at = start; at < end; at += rangeBytes) {
      const octets = await reader.read(at, Math.min(at + rangeBytes, end))
      if (octets.length === 0) throw new Error('a message is shorter than its size says')
      output.bytes(withoutNul(octets))
      await output.flush()
    }
  }
}

const noPlaces: ReadonlySet<number> = new Set()
