// Where the octets of BODY[section]<partial> are (RFC 3501 6.4.5): a range of the message, or header lines picked from it.

import { type HeaderField, readHeader } from '#mail/header.ts'
import type { Part } from '#mail/part.ts'
import { findPart } from '#mail/section.ts'
import { concat } from '#text/bytes.ts'
import type { Section } from '#wire/imap/command.ts'
import type { MessageReader } from './message-reader.ts'
import type { SectionItem } from './plan.ts'

export type SectionOctets =
  | { readonly kind: 'range'; readonly start: number; readonly end: number }
  | { readonly kind: 'octets'; readonly octets: Uint8Array }

/** Undefined if there is no such part. */
export async function sectionOctets(
  reader: MessageReader,
  { section, partial }: Pick<SectionItem, 'section' | 'partial'>,
): Promise<SectionOctets | undefined> {
  const range = await sectionRange(reader, section)
  if (range === undefined) return undefined
  const found =
    section.text.kind === 'header-fields'
      ? await pickFields(reader, range, section.text)
      : ({ kind: 'range', ...range } as const)
  return partial === undefined ? found : cut(found, partial)
}

interface Range {
  readonly start: number
  readonly end: number
}

async function sectionRange(reader: MessageReader, { part, text }: Section): Promise<Range | undefined> {
  const { sizeBytes } = reader
  if (part.length > 0) return partRange(findPart(await reader.structure(), part), text.kind)
  if (text.kind === 'all') return { start: 0, end: sizeBytes }
  const { header } = await reader.head()
  return text.kind === 'text' ? { start: header.end, end: sizeBytes } : { start: 0, end: header.end }
}

function partRange(part: Part | undefined, kind: Section['text']['kind']): Range | undefined {
  if (part === undefined) return undefined
  if (kind === 'all') return { start: part.bodyStart, end: part.bodyEnd }
  if (kind === 'mime') return { start: part.headerStart, end: part.bodyStart }
  // HEADER and TEXT are those of the message inside a message/rfc822: no other part has them.
  const message = part.fields.type === 'message' ? part.children[0] : undefined
  if (message === undefined) return undefined
  return kind === 'text'
    ? { start: message.bodyStart, end: message.bodyEnd }
    : { start: message.headerStart, end: message.bodyStart }
}

const blankLine = new Uint8Array([13, 10])

async function pickFields(
  reader: MessageReader,
  { start, end }: Range,
  { names, not }: { readonly names: readonly string[]; readonly not: boolean },
): Promise<SectionOctets> {
  const bytes = await reader.read(start, end)
  const wanted = new Set(names.map(name => name.toLowerCase()))
  // The root's header is read already; that of a message inside is not.
  const { fields } = start === 0 ? (await reader.head()).header : readHeader(bytes)
  const picked = fields.filter(({ name }) => wanted.has(name.toLowerCase()) !== not)
  return { kind: 'octets', octets: concat([...runs(picked, bytes), blankLine]) }
}

/** The octets of each field; the last line of a header without a body may have no end. */
function* runs(fields: readonly HeaderField[], bytes: Uint8Array): Generator<Uint8Array> {
  for (const { start, end } of fields) {
    yield bytes.subarray(start, end)
    if (end > start && bytes[end - 1] !== 10) yield blankLine
  }
}

/** Past the end: empty, never an error. */
function cut(
  found: SectionOctets,
  { start, length }: { readonly start: number; readonly length: number },
): SectionOctets {
  if (found.kind === 'octets') return { kind: 'octets', octets: found.octets.subarray(start, start + length) }
  const first = Math.min(found.start + start, found.end)
  return { kind: 'range', start: first, end: Math.min(first + length, found.end) }
}
