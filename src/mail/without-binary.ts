// How a message with binary content is kept as lines (RFC 3516 4.4 and 6, RFC 3030 3 let the last server change the encoding): the plan, as
// data. Parts whose Content-Transfer-Encoding is `binary` become base64 where lines can't hold them and 8bit where they can; everything else
// stays, with its line ends mended. NUL elsewhere can't be encoded and stays.

import { readHeader } from './header.ts'
import { LineFaults } from './line-ends.ts'
import type { Part } from './part.ts'
import { readPartFields } from './part-fields.ts'

/** What becomes of a range of the message; ranges without one are lines, to be mended. */
export type Rewriting =
  | { readonly kind: 'field'; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: 'base64'; readonly start: number; readonly end: number }

/** Octets `start` up to `end` of the message, in pieces. */
export type ReadPieces = (start: number, end: number) => AsyncIterable<Uint8Array>

/** In the order they stand. Reads the headers of the parts that say `binary`, and their bodies, piece by piece. */
export async function rewritingsOf(root: Part, sizeBytes: number, read: ReadPieces): Promise<readonly Rewriting[]> {
  const rewritings: Rewriting[] = []
  for (const part of withChildren(root)) {
    if (part.fields.encoding !== 'binary') continue
    const header = await wholeOf(read(part.headerStart, part.bodyStart))
    const isFile = isLeaf(part, header) && (await needsEncoding(part, sizeBytes, read))
    rewritings.push(...fieldsFor(part, header, isFile ? 'base64' : '8bit'))
    if (isFile) rewritings.push({ kind: 'base64', start: part.bodyStart, end: part.bodyEnd })
  }
  return rewritings
}

/** Outer parts before their children: their headers stand first. */
function* withChildren(part: Part): Iterable<Part> {
  yield part
  for (const child of part.children) yield* withChildren(child)
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(pieces))
}

/** RFC 2045 6.4: what holds parts is never encoded, also where it is too deep, or too broken, to be looked into. */
function isLeaf({ children }: Part, header: Uint8Array): boolean {
  if (children.length > 0) return false
  const { type, subtype } = readPartFields(readHeader(header), false)
  return type !== 'multipart' && !(type === 'message' && (subtype === 'rfc822' || subtype === 'global'))
}

/** A NUL goes in no line. Line ends are mended in text; in any other file they are its content. */
async function needsEncoding({ fields, bodyStart, bodyEnd }: Part, sizeBytes: number, read: ReadPieces) {
  const faults = new LineFaults()
  for await (const octets of read(bodyStart, bodyEnd)) {
    faults.push(octets)
    if (faults.hasNul) return true
  }
  if (fields.type === 'text' || fields.type === 'message') return false
  // The message's last line gets an end.
  const grows = bodyEnd === sizeBytes && !faults.endsInCrlf
  return faults.hasBareLf || faults.hasBareCr || grows
}

/** The field as it is to be; others of its name go, for they would say something else. */
function fieldsFor({ headerStart }: Part, header: Uint8Array, encoding: 'base64' | '8bit'): Rewriting[] {
  const fields = readHeader(header).fields.filter(({ name }) => name.toLowerCase() === 'content-transfer-encoding')
  return fields.map(({ name, start, end }, index) => ({
    kind: 'field',
    start: headerStart + start,
    end: headerStart + end,
    text: index === 0 ? `${name}: ${encoding}\r\n` : '',
  }))
}
