// The answer to one item that needs the message: text, and behind it the octets of a literal, which may stream.

import { readEnvelope } from '#mail/envelope.ts'
import { firstValue, type Header } from '#mail/header.ts'
import { parameterValue } from '#mail/parameters.ts'
import { parseMediaType } from '#mail/part-fields.ts'
import { fromUtf8, latin1 } from '#text/bytes.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { printString, printUtf8String } from '#wire/imap/print.ts'
import { printBinaryName, printSectionName } from '#wire/imap/print-section.ts'
import { StructurePrinter } from '#wire/imap/print-structure.ts'
import { type BinaryOctets, binaryOctets } from './binary-octets.ts'
import type { MessageReader } from './message-reader.ts'
import type { BinaryItem, SectionItem } from './plan.ts'
import { previewText } from './preview-text.ts'
import { type SectionOctets, sectionOctets } from './section-octets.ts'

/** What stands between two spaces of a response. */
export interface Piece {
  readonly text: string
  readonly octets?: SectionOctets | Extract<BinaryOctets, { readonly kind: 'binary' }>
  /** The same for every session that asks. */
  readonly isLasting?: boolean
}

/** Undefined for items that the columns answer; 'unknown-encoding' for BINARY of what can't be decoded (RFC 3516 4.3). */
export async function pieceOf(
  reader: MessageReader,
  item: FetchItem,
  utf8: boolean,
): Promise<Piece | 'unknown-encoding' | undefined> {
  switch (item.kind) {
    case 'section':
      return await sectionPiece(reader, item)
    case 'binary':
      return await binaryPiece(reader, item)
    case 'binary.size':
      return await binarySizePiece(reader, item)
    case 'envelope':
      return await envelopePiece(reader, utf8)
    case 'body':
      return { text: `BODY ${new StructurePrinter(utf8).body(await reader.structure(), false)}` }
    case 'bodystructure':
      return await bodystructurePiece(reader, utf8)
    case 'preview':
      return { text: `PREVIEW ${printPreview(await previewText(reader, item.lazy), utf8)}` }
    default:
      return undefined
  }
}

/** Octets of a piece that are held in memory until it is sent. */
export function heldBytes({ text, octets }: Piece): number {
  return text.length + (octets?.kind === 'octets' ? octets.octets.length : 0)
}

async function envelopePiece(reader: MessageReader, utf8: boolean): Promise<Piece> {
  const printer = new StructurePrinter(utf8)
  const root = reader.knownStructure
  if (root?.envelope !== undefined) {
    const charset = () => parameterValue(root.fields.parameters, 'charset')
    return { text: `ENVELOPE ${printer.envelope(root.envelope, charset)}`, isLasting: printer.isSameInUtf8 }
  }
  const { header } = await reader.head()
  const text = `ENVELOPE ${printer.envelope(readEnvelope(header), () => charsetOf(header))}`
  return { text, isLasting: printer.isSameInUtf8 }
}

async function bodystructurePiece(reader: MessageReader, utf8: boolean): Promise<Piece> {
  const printer = new StructurePrinter(utf8)
  const text = `BODYSTRUCTURE ${printer.body(await reader.structure(), true)}`
  return { text, isLasting: printer.isSameInUtf8 }
}

/** Old programs write 8-bit header fields in the charset of the text. */
function charsetOf(header: Header): string | undefined {
  return parameterValue(parseMediaType(firstValue(header, 'content-type') ?? '')?.parameters ?? [], 'charset')
}

async function sectionPiece(reader: MessageReader, item: SectionItem): Promise<Piece> {
  const name = printSectionName(item)
  const octets = await sectionOctets(reader, item)
  if (octets === undefined) return { text: `${name} NIL` }
  const size = octets.kind === 'octets' ? octets.octets.length : octets.end - octets.start
  return { text: `${name} {${size}}\r\n`, octets }
}

async function binaryPiece(reader: MessageReader, item: BinaryItem): Promise<Piece | 'unknown-encoding'> {
  const name = printBinaryName(item)
  const octets = await binaryOctets(reader, item.part, item.partial)
  if (octets.kind === 'unknown-encoding') return octets.kind
  if (octets.kind === 'no-such-part') return { text: `${name} NIL` }
  return { text: `${name} ${octets.hasNul ? '~' : ''}{${octets.sizeBytes}}\r\n`, octets }
}

async function binarySizePiece(
  reader: MessageReader,
  item: Extract<FetchItem, { readonly kind: 'binary.size' }>,
): Promise<Piece | 'unknown-encoding'> {
  const octets = await binaryOctets(reader, item.part)
  if (octets.kind === 'unknown-encoding') return octets.kind
  // A number has no NIL: what is not there holds nothing.
  return { text: `${printBinaryName(item)} ${octets.kind === 'binary' ? octets.sizeBytes : 0}` }
}

function printPreview(preview: string | undefined, utf8: boolean): string {
  if (preview === undefined) return 'NIL'
  return utf8 ? printUtf8String(preview) : printString(latin1(fromUtf8(preview)))
}
