// The surrogate of a large message (mail/surrogate.ts), of which never more than one header is in memory: its structure is found in a first reading.

import { asciiHeader } from '#mail/ascii-header.ts'
import { StructureScanner } from '#mail/structure.ts'
import { headerPlaces } from '#mail/surrogate.ts'
import type { MessageBytes } from '#store/store.ts'
import { pieceOctets } from './limits.ts'

/** What is sent in the message's place. */
export async function* surrogatePieces(message: MessageBytes): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const { start, end, header } of newHeaders(message)) {
    yield* range(message, done, start)
    yield header
    done = end
  }
  yield* range(message, done, message.sizeBytes)
}

/** Octets of what is sent in the message's place, with the end of its last line; undefined: the message itself is. */
export async function surrogateOctets(message: MessageBytes): Promise<number | undefined> {
  let octets = message.sizeBytes
  let last: Uint8Array = new Uint8Array(0)
  for await (const { start, end, header } of newHeaders(message)) {
    octets += header.length - (end - start)
    last = header
    if (end < message.sizeBytes) last = await message.read(message.sizeBytes - 2, message.sizeBytes)
  }
  if (last.length === 0) return undefined
  return endsLine(last) ? octets : octets + 2
}

/** As `surrogateOctets`, of a surrogate. */
export function sentOctets(surrogate: Uint8Array): number {
  return endsLine(surrogate) ? surrogate.length : surrogate.length + 2
}

function endsLine(bytes: Uint8Array): boolean {
  return bytes.at(-2) === 13 && bytes.at(-1) === 10
}

interface NewHeader {
  /** Octets of the message in whose place it stands. */
  readonly start: number
  readonly end: number
  readonly header: Uint8Array
}

async function* newHeaders(message: MessageBytes): AsyncGenerator<NewHeader> {
  const scanner = new StructureScanner()
  for await (const piece of range(message, 0, message.sizeBytes)) scanner.push(piece)
  for (const place of headerPlaces(scanner.finish())) {
    const { start, end } = place
    const header = asciiHeader(await message.read(start, end), place)
    if (header !== undefined) yield { start, end, header }
  }
}

async function* range(message: MessageBytes, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += pieceOctets) yield await message.read(at, Math.min(at + pieceOctets, end))
}
