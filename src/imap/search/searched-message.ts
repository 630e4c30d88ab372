// One message as SEARCH's text keys see it: decoded, case and diacritics folded. Of a large one only the headers and the parts with text are read.

import type { MessageReader } from '#imap/fetch/message-reader.ts'
import { searchPartBytes } from '#imap/limits.ts'
import { readHeader } from '#mail/header.ts'
import type { Part } from '#mail/part.ts'
import { bodyText, hasText, headerText, partHeaderText, partsOf, wholeHeaderText } from '#mail/search-text.ts'
import { parseMailDate } from '#text/date.ts'
import { foldCase } from '#text/fold-case.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

export class SearchedMessage {
  readonly #reader: MessageReader
  readonly #breathe: () => Promise<void>
  readonly #fields = new Map<string, readonly string[]>()
  #wholeHeader: string | undefined
  /** Of a small message: a search may have hundreds of texts to look for in each. */
  #bodyTexts: readonly string[] | undefined
  #partHeaderTexts: readonly string[] | undefined
  /** How well it matched each FUZZY key, 1 to 100. */
  readonly relevancies: number[] = []

  /** @param breathe awaited before each piece of work: lets other sessions have a turn */
  constructor(reader: MessageReader, breathe: () => Promise<void>) {
    this.#reader = reader
    this.#breathe = breathe
  }

  /** Lets other sessions have a turn. */
  async breathe(): Promise<void> {
    await this.#breathe()
  }

  /** Whether one of the fields holds `folded`; with '' whether there is one. */
  async fieldHolds(lowerCaseName: string, folded: string): Promise<boolean> {
    return (await this.fieldTexts(lowerCaseName)).some(value => value.includes(folded))
  }

  /** The fields of that name, folded. */
  async fieldTexts(lowerCaseName: string): Promise<readonly string[]> {
    await this.#breathe()
    return this.#fields.get(lowerCaseName) ?? (await this.#readField(lowerCaseName))
  }

  /** Whether the header, that of a part, or the body holds `folded` (RFC 9051 6.4.4, TEXT). */
  async anyTextHolds(folded: string): Promise<boolean> {
    if ((await this.headerText()).includes(folded)) return true
    for await (const text of this.partHeaderTexts()) if (text.includes(folded)) return true
    return await this.bodyHolds(folded)
  }

  /** The whole header, folded. */
  async headerText(): Promise<string> {
    await this.#breathe()
    this.#wholeHeader ??= foldCase(wholeHeaderText((await this.#reader.head()).header))
    return this.#wholeHeader
  }

  /** The MIME header of each part, folded: TEXT sees them, BODY does not. */
  async *partHeaderTexts(): AsyncGenerator<string> {
    await this.#breathe()
    const { whole } = this.#reader
    const root = await this.#reader.structure()
    if (whole === undefined) return yield* partHeadersIn(this.#reader, root)
    this.#partHeaderTexts ??= Array.from(partHeaderText(whole, root), foldCase)
    yield* this.#partHeaderTexts
  }

  async bodyHolds(folded: string): Promise<boolean> {
    if (folded === '') return true
    if (this.#reader.whole !== undefined)
      return (await this.#wholeBody(this.#reader.whole)).some(text => text.includes(folded))
    for await (const text of this.bodyTexts()) if (text.includes(folded)) return true
    return false
  }

  /** The text of each part that has one, folded; of a large message no more than one is in memory. */
  async *bodyTexts(): AsyncGenerator<string> {
    const { whole } = this.#reader
    if (whole !== undefined) return yield* await this.#wholeBody(whole)
    await this.#breathe()
    yield* textsIn(this.#reader, await this.#reader.structure())
  }

  async #wholeBody(whole: Uint8Array): Promise<readonly string[]> {
    await this.#breathe()
    this.#bodyTexts ??= Array.from(bodyText(whole, await this.#reader.structure()), foldCase)
    return this.#bodyTexts
  }

  /** The day in the Date field without its zone, as midnight UTC in milliseconds (RFC 3501 6.4.4, SENTON); undefined without a date. */
  async sentDay(): Promise<number | undefined> {
    await this.#breathe()
    const [value] = headerText((await this.#reader.head()).header, 'date')
    const date = value === undefined ? undefined : parseMailDate(value)
    if (date === undefined) return undefined
    return Math.floor((date.ms + date.offsetMinutes * minuteMs) / dayMs) * dayMs
  }

  async #readField(lowerCaseName: string): Promise<readonly string[]> {
    const { header } = await this.#reader.head()
    const values = headerText(header, lowerCaseName).map(foldCase)
    this.#fields.set(lowerCaseName, values)
    return values
  }
}

/** As partHeaderText, but part by part. */
async function* partHeadersIn(reader: MessageReader, root: Part): AsyncGenerator<string> {
  for (const part of partsOf(root)) {
    if (part !== root && part.envelope === undefined) yield await ownHeaderText(reader, part)
  }
}

/** As bodyText, but part by part. */
async function* textsIn(reader: MessageReader, root: Part): AsyncGenerator<string> {
  for (const part of partsOf(root)) {
    if (part !== root && part.envelope !== undefined) yield await ownHeaderText(reader, part)
    if (hasText(part)) yield* partTexts(reader, part)
  }
}

async function ownHeaderText(reader: MessageReader, { headerStart, bodyStart }: Part): Promise<string> {
  return foldCase(wholeHeaderText(readHeader(await reader.read(headerStart, bodyStart))))
}

async function* partTexts(reader: MessageReader, part: Part): AsyncGenerator<string> {
  const end = Math.min(part.bodyEnd, part.bodyStart + searchPartBytes)
  const bytes = await reader.read(part.bodyStart, end)
  // The part by itself, as if the message began with its body.
  const alone: Part = { ...part, headerStart: 0, bodyStart: 0, bodyEnd: bytes.length }
  for (const text of bodyText(bytes, alone)) yield foldCase(text)
}
