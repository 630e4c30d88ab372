// The texts of one message as searches see them: decoded and folded exactly as SEARCH does it (mail/search-text.ts), a large message read by ranges.

import { type Header, readHeader } from '#mail/header.ts'
import type { Part } from '#mail/part.ts'
import { bodyText, headerText, wholeHeaderText } from '#mail/search-text.ts'
import { parseStructure, StructureScanner } from '#mail/structure.ts'
import type { MessageBytes } from '#store/store.ts'
import { foldCase } from '#text/fold-case.ts'
import { indexedFields } from './field-texts.ts'
import { limits } from './limits.ts'

export interface MessageTexts {
  /** The whole header; undefined: it is too large, or gone. */
  readonly header: string | undefined
  /** By `indexedFields`, each field's values; undefined: as of the header. */
  readonly fields: readonly (readonly string[])[] | undefined
  /** Of each text part, and the headers of messages inside; undefined: there is too much of it, or it is gone. */
  readonly body: readonly string[] | undefined
}

/** Of a message whose bytes are gone: whoever searches sees for himself. */
export const noTexts: MessageTexts = { header: undefined, fields: undefined, body: undefined }

export async function messageTexts(
  message: Uint8Array | MessageBytes,
  breathe: () => Promise<void>,
): Promise<MessageTexts> {
  if (message instanceof Uint8Array) {
    const header = headerTexts(readHeader(message))
    await breathe()
    return { ...header, body: wholeBody(message) }
  }
  const start = await message.read(0, limits.headerBytes)
  const header = readHeader(start)
  const isWhole = header.end < start.length
  return {
    ...(isWhole ? headerTexts(header) : { header: undefined, fields: undefined }),
    body: await bodyByRanges(message, breathe),
  }
}

function headerTexts(header: Header): Pick<MessageTexts, 'header' | 'fields'> {
  return {
    header: foldCase(wholeHeaderText(header)),
    fields: indexedFields.map(name => headerText(header, name).map(foldCase)),
  }
}

function wholeBody(message: Uint8Array): readonly string[] | undefined {
  const root = parseStructure(message)
  return isTooMuch(root) ? undefined : Array.from(bodyText(message, root), foldCase)
}

/** Reads nothing but the structure, the text parts and the headers of messages inside. */
async function bodyByRanges(
  message: MessageBytes,
  breathe: () => Promise<void>,
): Promise<readonly string[] | undefined> {
  const scanner = new StructureScanner()
  for (let start = 0; start < message.sizeBytes; start += limits.rangeBytes) {
    scanner.push(await message.read(start, Math.min(start + limits.rangeBytes, message.sizeBytes)))
    await breathe()
  }
  const root = scanner.finish()
  if (isTooMuch(root)) return undefined
  const texts: string[] = []
  for (const part of partsOf(root)) {
    if (part !== root && part.envelope !== undefined) {
      texts.push(foldCase(wholeHeaderText(readHeader(await message.read(part.headerStart, part.bodyStart)))))
    }
    if (part.fields.type !== 'text') continue
    const bytes = await message.read(part.bodyStart, part.bodyEnd)
    // The part by itself, as if the message began with its body.
    const alone: Part = { ...part, children: [], headerStart: 0, bodyStart: 0, bodyEnd: bytes.length }
    for (const text of bodyText(bytes, alone)) texts.push(foldCase(text))
    await breathe()
  }
  return texts
}

function isTooMuch(root: Part): boolean {
  let bytes = 0
  for (const part of partsOf(root)) {
    const inner = part !== root && part.envelope !== undefined ? part.bodyStart - part.headerStart : 0
    const text = part.fields.type === 'text' ? part.bodyEnd - part.bodyStart : 0
    if (inner > limits.partBytes || text > limits.partBytes) return true
    bytes += inner + text
  }
  return bytes > limits.bodyBytes
}

function* partsOf(part: Part): Iterable<Part> {
  yield part
  for (const child of part.children) yield* partsOf(child)
}
