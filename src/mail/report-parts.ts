// The parts of a report that came back (RFC 6522), wherever list software and filters have put them.

import { latin1, utf8 } from '#text/bytes.ts'
import { decodeBase64, decodeQuotedPrintable } from '#text/transfer-encoding.ts'
import { type Header, readFields, readHeader } from './header.ts'
import { maxReportDepth } from './limits.ts'
import type { Part } from './part.ts'

/** The first part of one of these types (`message/delivery-status`), outside returned messages. */
export function partOfType(whole: Part, types: readonly string[], depth = 0): Part | undefined {
  if (types.includes(`${whole.fields.type}/${whole.fields.subtype}`)) return whole
  if (whole.fields.type !== 'multipart' || depth >= maxReportDepth) return undefined
  for (const child of whole.children) {
    const found = partOfType(child, types, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** A part's octets without its transfer encoding. */
export function decodedPart(message: Uint8Array, part: Part): Uint8Array {
  const body = message.subarray(part.bodyStart, part.bodyEnd)
  if (part.fields.encoding === 'base64') return decodeBase64(body)
  return part.fields.encoding === 'quoted-printable' ? decodeQuotedPrintable(body) : body
}

/** The header of the message that the report is about; undefined: the report brings none. */
export function returnedHeader(message: Uint8Array, whole: Part): Header | undefined {
  const part = partOfType(whole, ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers'])
  return part && readHeader(decodedPart(message, part))
}

/** Groups of fields with empty lines between (RFC 3464 2.1), their values in Unicode, by lower case name: all of a name in order. */
export function fieldGroups(octets: Uint8Array, most: number): readonly FieldGroup[] {
  const groups: FieldGroup[] = []
  for (const text of latin1(octets).split(/(?:\r?\n[ \t]*){2,}/)) {
    if (groups.length >= most) break
    const fields = readFields(text)
    if (fields.length === 0) continue
    const group = new Map<string, string[]>()
    for (const { name, value } of fields) {
      const key = name.toLowerCase()
      const values = group.get(key)
      if (values === undefined) group.set(key, [unicode(value)])
      else values.push(unicode(value))
    }
    groups.push(group)
  }
  return groups
}

export type FieldGroup = ReadonlyMap<string, readonly string[]>

export function unicode(latin1Text: string): string {
  return /[\x80-\xff]/.test(latin1Text) ? utf8(Buffer.from(latin1Text, 'latin1')) : latin1Text
}
