// PREVIEW of a message (RFC 8970): made when it is asked for, from the message's beginning, so that LAZY has little to spare.

import { previewedBytes, previewedPartBytes } from '#mail/limits.ts'
import type { Part } from '#mail/part.ts'
import { previewedPart, previewOf } from '#mail/preview.ts'
import { parseStructure } from '#mail/structure.ts'
import type { MessageReader } from './message-reader.ts'

/** '' if there is no text to show; undefined if the whole of a large message would have to be read for it and `lazy` forbids that. */
export async function previewText(reader: MessageReader, lazy: boolean): Promise<string | undefined> {
  const isSmall = reader.sizeBytes <= previewedBytes
  const root = isSmall ? await reader.structure() : parseStructure(await reader.read(0, previewedBytes))
  const part = previewedPart(root)
  if (part !== undefined && (isSmall || part.bodyStart < previewedBytes)) return await textOf(reader, part)
  if (isSmall) return ''
  if (lazy) return undefined
  const later = previewedPart(await reader.structure())
  return later === undefined ? '' : await textOf(reader, later)
}

async function textOf(reader: MessageReader, part: Part): Promise<string> {
  return previewOf(part, await reader.read(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + previewedPartBytes)))
}
