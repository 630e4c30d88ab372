// A message in 7 bits for a peer without 8BITMIME, or in lines that any peer has to take: what mail/as-seven-bit.ts says, done on the way out.
// Nothing is kept of it: the next peer may take the message as it is.

import { type Goal, type SevenBitChange, sevenBitChanges } from '#mail/as-seven-bit.ts'
import { asciiHeader } from '#mail/ascii-header.ts'
import { StructureScanner } from '#mail/structure.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { Base64Lines } from '#text/base64-lines.ts'
import { fromLatin1, fromUtf8 } from '#text/bytes.ts'
import { QuotedPrintableLines } from '#text/quoted-printable-lines.ts'
import { asItIs, type Content, octetsOf } from './content.ts'
import type { Mail } from './mail.ts'

/** Reads the message twice: to know what is to change, and when it goes. */
export async function sevenBit({ fields, spooled }: Pick<Mail, 'fields' | 'spooled'>, goal: Goal): Promise<Content> {
  const blocks = new Blocks(spooled)
  const scanner = new StructureScanner()
  for await (const octets of blocks.pieces(0, spooled.sizeBytes)) scanner.push(octets)
  const changes = await sevenBitChanges(scanner.finish(), (start, end) => blocks.pieces(start, end), goal)
  if (goal === '8bit' && changes.length === 0) return asItIs({ fields, spooled })
  return { sizeBytes: undefined, whole: undefined, pieces: () => converted(fields, blocks, changes, goal) }
}

async function* converted(
  fields: string,
  blocks: Blocks,
  changes: readonly SevenBitChange[],
  goal: Goal,
): AsyncGenerator<Uint8Array> {
  const before = fromUtf8(fields)
  const isSeven = goal === '7bit'
  const unchanged = isSeven ? masked : (_: Blocks, start: number, end: number) => blocks.pieces(start, end)
  yield (isSeven ? asciiHeader(before, { hasBody: false, isGlobal: false }) : undefined) ?? before
  let at = 0
  for (const change of changes) {
    yield* unchanged(blocks, at, change.start)
    if (change.kind === 'text') yield fromLatin1(change.text)
    else yield* encoded(blocks, change)
    at = change.end
  }
  yield* unchanged(blocks, at, blocks.sizeBytes)
}

async function* encoded(
  blocks: Blocks,
  { kind, start, end }: Exclude<SevenBitChange, { readonly kind: 'text' }>,
): AsyncGenerator<Uint8Array> {
  const encoder = kind === 'base64' ? new Base64Lines() : new QuotedPrintableLines()
  for await (const octets of blocks.pieces(start, end)) yield encoder.push(octets)
  yield encoder.end()
}

/** What stands between parts, and in parts that nothing may be done to: what is beyond ASCII there nobody reads. */
async function* masked(blocks: Blocks, start: number, end: number): AsyncGenerator<Uint8Array> {
  for await (const octets of blocks.pieces(start, end)) yield octets.map(octet => (octet > 0x7f ? questionMark : octet))
}

const questionMark = 0x3f

/** The message, block by block: the one that was read last is kept, for parts are small and many. */
class Blocks {
  readonly #message: SpooledMessage
  #start = 0
  #block: Uint8Array = new Uint8Array(0)

  constructor(message: SpooledMessage) {
    this.#message = message
  }

  get sizeBytes(): number {
    return this.#message.sizeBytes
  }

  async *pieces(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; ) {
      const octets = (await this.#blockAt(at)).subarray(0, end - at)
      yield octets
      at += octets.length
    }
  }

  /** From `at` on, to the end of its block. */
  async #blockAt(at: number): Promise<Uint8Array> {
    if (at < this.#start || at >= this.#start + this.#block.length) {
      this.#start = at
      for await (const octets of octetsOf(this.#message, at, this.sizeBytes)) {
        this.#block = octets
        break
      }
    }
    return this.#block.subarray(at - this.#start)
  }
}
