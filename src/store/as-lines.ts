// Messages that may hold anything (BINARYMIME, literal8), before they are stored: mail/without-binary.ts says what is to become of which
// octets, this does it, from spool to spool. A message is read three times at most, a block at a time however many parts it has, and never held.

import { LineEnds, LineFaults } from '#mail/line-ends.ts'
import type { Part } from '#mail/part.ts'
import { StructureScanner } from '#mail/structure.ts'
import { type Rewriting, rewritingsOf } from '#mail/without-binary.ts'
import { Base64Lines } from '#text/base64-lines.ts'
import { fromLatin1 } from '#text/bytes.ts'
import { limits } from './limits.ts'
import type { Spool, SpooledMessage, SpoolWriter } from './spool.ts'

/** The message as lines that end with CRLF; undefined if it is that already. Both are the caller's to dispose of. */
export async function asLines(spool: Spool, message: SpooledMessage): Promise<SpooledMessage | undefined> {
  const blocks = new Blocks(message)
  const root = await structureOf(blocks)
  if (root === undefined) return undefined
  const rewritings = await rewritingsOf(root, message.sizeBytes, (start, end) => blocks.pieces(start, end))
  await using writer = spool.open()
  await writeAll(writer, blocks, rewritings)
  const lines = await writer.finish()
  lines.alongside = message.alongside
  return lines
}

/** Undefined where there is nothing to mend. */
async function structureOf(blocks: Blocks): Promise<Part | undefined> {
  const scanner = new StructureScanner()
  const faults = new LineFaults()
  for await (const octets of blocks.pieces(0, blocks.sizeBytes)) {
    scanner.push(octets)
    faults.push(octets)
  }
  const isLines = !faults.hasNul && !faults.hasBareLf && !faults.hasBareCr && faults.endsInCrlf
  return isLines ? undefined : scanner.finish()
}

async function writeAll(writer: SpoolWriter, blocks: Blocks, rewritings: readonly Rewriting[]): Promise<void> {
  const lineEnds = new LineEnds()
  let at = 0
  for (const rewriting of rewritings) {
    await writeLines(at, rewriting.start)
    if (rewriting.kind === 'field') await writer.write(lineEnds.pass(fromLatin1(rewriting.text)))
    else await writeEncoded(rewriting)
    at = rewriting.end
  }
  await writeLines(at, blocks.sizeBytes)
  await writer.write(lineEnds.end())

  async function writeLines(start: number, end: number): Promise<void> {
    for await (const octets of blocks.pieces(start, end)) await writer.write(lineEnds.put(octets))
  }

  async function writeEncoded({ start, end }: Rewriting): Promise<void> {
    const encoder = new Base64Lines()
    for await (const octets of blocks.pieces(start, end)) await writer.write(lineEnds.pass(encoder.push(octets)))
    await writer.write(lineEnds.pass(encoder.end()))
  }
}

/** The message, block by block: the one that was read last is kept, for parts are small and many. */
class Blocks {
  readonly #message: SpooledMessage
  #start = 0
  #block: Uint8Array = new Uint8Array(0)
  #sinceTurn = 0

  constructor(message: SpooledMessage) {
    this.#message = message
  }

  get sizeBytes(): number {
    return this.#message.sizeBytes
  }

  async *pieces(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; ) {
      const octets = (await this.#blockAt(at)).subarray(0, end - at)
      if (octets.length === 0) throw new Error('a spooled message is shorter than its size says')
      yield octets
      at += octets.length
    }
  }

  /** From `at` on, to the end of its block. */
  async #blockAt(at: number): Promise<Uint8Array> {
    this.#sinceTurn += 1
    if (this.#sinceTurn === limits.piecesPerTurn) {
      this.#sinceTurn = 0
      await new Promise(resolve => setImmediate(resolve))
    }
    if (at < this.#start || at >= this.#start + this.#block.length) {
      this.#start = at
      this.#block = await this.#message.read(at, Math.min(at + limits.rewrittenBytes, this.sizeBytes))
    }
    return this.#block.subarray(at - this.#start)
  }
}
