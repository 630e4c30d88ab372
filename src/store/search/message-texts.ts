// The texts of one message as searches see them: decoded and folded exactly as SEARCH does it (mail/search-text.ts), a large message read by ranges.

import { type Header, readHeader } from '#mail/header.ts'
import type { Part } from '#mail/part.ts'
import { bodyText, hasText, headerText, partHeaderText, partsOf, wholeHeaderText } from '#mail/search-text.ts'
import { parseStructure, StructureScanner } from '#mail/structure.ts'
import type { MessageBytes } from '#store/store.ts'
import { foldCase } from '#text/fold-case.ts'
import { indexedFields } from './field-texts.ts'
import { limits } from './limits.ts'

export interface MessageTexts {
  /** The whole header, and those of the parts, which TEXT sees too (they are left out if there is no `body`); undefined: it is too large, or gone. */
  readonly header: readonly string[] | undefined
  /** By `indexedFields`, each field's values; undefined: as of the header. */
  readonly fields: readonly (readonly string[])[] | undefined
  /** Of each part with text, and the headers of messages inside; undefined: there is too much of it, or it is gone. */
  readonly body: readonly string[] | undefined
}

/** Of a message whose bytes are gone: whoever searches sees for himself. */
export const noTexts: MessageTexts = { header: undefined, fields: undefined, body: undefined }

export async function messageTexts(
  message: Uint8Array | MessageBytes,
  breathe: () => Promise<void>,
): Promise<MessageTexts> {
  if (message instanceof Uint8Array) {
    const within = textsWithin(message)
    await breathe()
    return together(readHeader(message), within)
  }
  const start = await message.read(0, limits.headerBytes)
  const header = readHeader(start)
  const isWhole = header.end < start.length || start.length === message.sizeBytes
  return together(isWhole ? header : undefined, await textsByRanges(message, breathe))
}

/** What stands behind the message's own header. */
interface TextsWithin {
  readonly partHeaders: readonly string[]
  readonly body: readonly string[] | undefined
}

function together(header: Header | undefined, { partHeaders, body }: TextsWithin): MessageTexts {
  if (header === undefined) return { header: undefined, fields: undefined, body }
  return {
    header: [foldCase(wholeHeaderText(header)), ...partHeaders],
    fields: indexedFields.map(name => headerText(header, name).map(foldCase)),
    body,
  }
}

const tooMuch: TextsWithin = { partHeaders: [], body: undefined }

function textsWithin(message: Uint8Array): TextsWithin {
  const root = parseStructure(message)
  if (isTooMuch(root)) return tooMuch
  const partHeaders = Array.from(partHeaderText(message, root), foldCase)
  return { partHeaders, body: Array.from(bodyText(message, root), foldCase) }
}

/** Reads nothing but the structure, the parts with text and the headers. */
async function textsByRanges(message: MessageBytes, breathe: () => Promise<void>): Promise<TextsWithin> {
  const scanner = new StructureScanner()
  for (let start = 0; start < message.sizeBytes; start += limits.rangeBytes) {
    scanner.push(await message.read(start, Math.min(start + limits.rangeBytes, message.sizeBytes)))
    await breathe()
  }
  const root = scanner.finish()
  if (isTooMuch(root)) return tooMuch
  const partHeaders: string[] = []
  const body: string[] = []
  for (const part of partsOf(root)) {
    if (part !== root) {
      const header = readHeader(await message.read(part.headerStart, part.bodyStart))
      const texts = part.envelope === undefined ? partHeaders : body
      texts.push(foldCase(wholeHeaderText(header)))
      await breathe()
    }
    if (!hasText(part)) continue
    const bytes = await message.read(part.bodyStart, part.bodyEnd)
    // The part by itself, as if the message began with its body.
    const alone: Part = { ...part, headerStart: 0, bodyStart: 0, bodyEnd: bytes.length }
    for (const text of bodyText(bytes, alone)) body.push(foldCase(text))
    await breathe()
  }
  return { partHeaders, body }
}

function isTooMuch(root: Part): boolean {
  let bytes = 0
  for (const part of partsOf(root)) {
    const header = part === root ? 0 : part.bodyStart - part.headerStart
    const text = hasText(part) ? part.bodyEnd - part.bodyStart : 0
    if (header > limits.partBytes || text > limits.partBytes) return true
    bytes += header + text
  }
  return bytes > limits.bodyBytes
}
