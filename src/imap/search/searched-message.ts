// One message as SEARCH's text keys see it: decoded, case and diacritics folded. Of a large one only its text parts are read.

import type { MessageReader } from '#imap/fetch/message-reader.ts'
import { searchPartBytes } from '#imap/limits.ts'
import { readHeader } from '#mail/header.ts'
import type { Part } from '#mail/part.ts'
import { bodyText, headerText, wholeHeaderText } from '#mail/search-text.ts'
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

  /** @param breathe awaited before each piece of work: lets other sessions have a turn */
  constructor(reader: MessageReader, breathe: () => Promise<void>) {
    this.#reader = reader
    this.#breathe = breathe
  }

  /** Whether one of the fields holds `folded`; with '' whether there is one. */
  async fieldHolds(lowerCaseName: string, folded: string): Promise<boolean> {
    await this.#breathe()
    const values = this.#fields.get(lowerCaseName) ?? (await this.#readField(lowerCaseName))
    return values.some(value => value.includes(folded))
  }

  async headerHolds(folded: string): Promise<boolean> {
    await this.#breathe()
    this.#wholeHeader ??= foldCase(wholeHeaderText((await this.#reader.head()).header))
    return this.#wholeHeader.includes(folded)
  }

  async bodyHolds(folded: string): Promise<boolean> {
    if (folded === '') return true
    await this.#breathe()
    const root = await this.#reader.structure()
    const { whole } = this.#reader
    if (whole === undefined) return await holdsText(this.#reader, root, folded)
    this.#bodyTexts ??= Array.from(bodyText(whole, root), foldCase)
    return this.#bodyTexts.some(text => text.includes(folded))
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

/** As bodyText, but part by part: no more than one text is in memory. */
async function holdsText(reader: MessageReader, part: Part, folded: string): Promise<boolean> {
  if (part.fields.type === 'text' && (await textHolds(reader, part, folded))) return true
  for (const child of part.children) {
    if (child.envelope !== undefined) {
      const header = readHeader(await reader.read(child.headerStart, child.bodyStart))
      if (foldCase(wholeHeaderText(header)).includes(folded)) return true
    }
    if (await holdsText(reader, child, folded)) return true
  }
  return false
}

async function textHolds(reader: MessageReader, part: Part, folded: string): Promise<boolean> {
  const end = Math.min(part.bodyEnd, part.bodyStart + searchPartBytes)
  const bytes = await reader.read(part.bodyStart, end)
  // The part by itself, as if the message began with its body.
  const alone: Part = { ...part, headerStart: 0, bodyStart: 0, bodyEnd: bytes.length }
  for (const text of bodyText(bytes, alone)) if (foldCase(text).includes(folded)) return true
  return false
}
