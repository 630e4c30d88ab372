// Messages that may hold anything (BINARYMIME, literal8), before they are stored: mail/without-binary.ts says what is to become of which
// octets, this does it, from spool to spool. A message is read three times at most, and never held.

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
  const root = await structureOf(message)
  if (root === undefined) return undefined
  const rewritings = await rewritingsOf(root, message.sizeBytes, (start, end) => piecesOf(message, start, end))
  await using writer = spool.open()
  await writeAll(writer, message, rewritings)
  const lines = await writer.finish()
  lines.alongside = message.alongside
  return lines
}

/** Undefined where there is nothing to mend. */
async function structureOf(message: SpooledMessage): Promise<Part | undefined> {
  const scanner = new StructureScanner()
  const faults = new LineFaults()
  for await (const octets of piecesOf(message, 0, message.sizeBytes)) {
    scanner.push(octets)
    faults.push(octets)
  }
  const isLines = !faults.hasNul && !faults.hasBareLf && !faults.hasBareCr && faults.endsInCrlf
  return isLines ? undefined : scanner.finish()
}

async function writeAll(writer: SpoolWriter, message: SpooledMessage, rewritings: readonly Rewriting[]): Promise<void> {
  const lineEnds = new LineEnds()
  let at = 0
  for (const rewriting of rewritings) {
    await writeLines(at, rewriting.start)
    if (rewriting.kind === 'field') await writer.write(lineEnds.pass(fromLatin1(rewriting.text)))
    else await writeEncoded(rewriting)
    at = rewriting.end
  }
  await writeLines(at, message.sizeBytes)
  await writer.write(lineEnds.end())

  async function writeLines(start: number, end: number): Promise<void> {
    for await (const octets of piecesOf(message, start, end)) await writer.write(lineEnds.put(octets))
  }

  async function writeEncoded({ start, end }: Rewriting): Promise<void> {
    const encoder = new Base64Lines()
    for await (const octets of piecesOf(message, start, end)) await writer.write(lineEnds.pass(encoder.push(octets)))
    await writer.write(lineEnds.pass(encoder.end()))
  }
}

async function* piecesOf(message: SpooledMessage, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += limits.rewrittenBytes) {
    const octets = await message.read(at, Math.min(at + limits.rewrittenBytes, end))
    if (octets.length === 0) throw new Error('a spooled message is shorter than its size says')
    yield octets
  }
}
