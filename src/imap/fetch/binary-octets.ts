// BINARY (RFC 3516 4.2): a part without its transfer encoding. A small message is decoded at once; a large one twice, piece by piece: first
// to know its size and whether there is a NUL in it, then to be sent.

import { rangeBytes } from '#imap/limits.ts'
import type { Part } from '#mail/part.ts'
import { decodedBody } from '#mail/search-text.ts'
import { findPart } from '#mail/section.ts'
import { transferDecoder } from '#mail/transfer-decoder.ts'
import type { Partial } from '#wire/imap/command.ts'
import type { MessageReader } from './message-reader.ts'

export type BinaryOctets =
  | {
      readonly kind: 'binary'
      readonly sizeBytes: number
      /** Then it must go as a literal8. */
      readonly hasNul: boolean
      readonly chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
    }
  | { readonly kind: 'no-such-part' }
  | { readonly kind: 'unknown-encoding' }

/** `path` as in BINARY[1.2], [] for the message itself, which has no encoding. */
export async function binaryOctets(
  reader: MessageReader,
  path: readonly number[],
  partial?: Partial,
): Promise<BinaryOctets> {
  const part = path.length === 0 ? wholeOf(reader) : findPart(await reader.structure(), path)
  if (part === undefined) return { kind: 'no-such-part' }
  // What holds parts has no encoding but an identity (RFC 2045 6.4), whatever its header says.
  const encoding = path.length === 0 || part.children.length > 0 ? 'binary' : part.fields.encoding
  if (transferDecoder(encoding) === undefined) return { kind: 'unknown-encoding' }
  const { start, end } = wanted(partial)
  if (reader.whole === undefined) return await measured(() => decoded(reader, part, { encoding, start, end }))
  const body = decodedBody(reader.whole, { ...part, fields: { encoding } }) ?? reader.whole
  const octets = body.subarray(start, end)
  return { kind: 'binary', sizeBytes: octets.length, hasNul: octets.includes(0), chunks: () => [octets] }
}

type Body = Pick<Part, 'bodyStart' | 'bodyEnd'>

function wholeOf({
  sizeBytes,
}: MessageReader): Body & { readonly children: readonly []; readonly fields: { readonly encoding: string } } {
  return { bodyStart: 0, bodyEnd: sizeBytes, children: [], fields: { encoding: 'binary' } }
}

function wanted(partial: Partial | undefined): { readonly start: number; readonly end: number } {
  if (partial === undefined) return { start: 0, end: Number.POSITIVE_INFINITY }
  return { start: partial.start, end: partial.start + partial.length }
}

async function measured(chunks: () => AsyncIterable<Uint8Array>): Promise<BinaryOctets> {
  let sizeBytes = 0
  let hasNul = false
  for await (const chunk of chunks()) {
    sizeBytes += chunk.length
    hasNul ||= chunk.includes(0)
  }
  return { kind: 'binary', sizeBytes, hasNul, chunks }
}

/** Octets `start` to `end` of the decoded body. */
async function* decoded(
  reader: MessageReader,
  { bodyStart, bodyEnd }: Body,
  { encoding, start, end }: { readonly encoding: string; readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of allDecoded(reader, { bodyStart, bodyEnd }, encoding)) {
    const cut = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at))
    if (cut.length > 0) yield cut
    at += chunk.length
    if (at >= end) return
  }
}

async function* allDecoded(
  reader: MessageReader,
  { bodyStart, bodyEnd }: Body,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  const decoder = transferDecoder(encoding)
  if (decoder === undefined) return
  for (let at = bodyStart; at < bodyEnd; at += rangeBytes) {
    const octets = await reader.read(at, Math.min(at + rangeBytes, bodyEnd))
    if (octets.length === 0) throw new Error('a message is shorter than its size says')
    yield decoder.push(octets)
  }
  yield decoder.end()
}
