// What the decision needs to know of a message's header.

import { readHeader } from '#mail/header.ts'
import { maxHeaderBytes } from '#mail/limits.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { fromLatin1, latin1, utf8 } from '#text/bytes.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { LineEnds } from '#wire/smtp/line-ends.ts'
import type { TransferFacts } from './intake.ts'
import { headerPieceBytes } from './limits.ts'
import type { ContentRule } from './policy.ts'

const headerEnd = Buffer.from('\r\n\r\n')
/** What servers leave in a header. */
const markLine = /^(?:received|delivered-to)[ \t]*:/gim

/** The octets of the header, in a message of which nobody has seen more than the head. Undefined: it is longer than mail/ reads. */
export async function headerOf(message: HeaderSource): Promise<Uint8Array | undefined> {
  const { head, sizeBytes } = message
  const end = endIn(head)
  if (end !== undefined) return head.subarray(0, end)
  if (sizeBytes <= head.length) return head
  for (let at = head.length - headerEnd.length; at < Math.min(sizeBytes, maxHeaderBytes); at += headerPieceBytes) {
    const piece = await message.read(at, at + headerPieceBytes + headerEnd.length)
    const found = Buffer.from(piece.buffer, piece.byteOffset, piece.length).indexOf(headerEnd)
    if (found >= 0 && at + found + 2 <= maxHeaderBytes) return await message.read(0, at + found + 2)
  }
  return sizeBytes <= maxHeaderBytes ? await message.read(0, sizeBytes) : undefined
}

type HeaderSource = Pick<SpooledMessage, 'head' | 'sizeBytes' | 'read'>

/**
 * The first line end of one octet: in the header it is no content, whatever the body is (BINARYMIME), for readers differ in what it ends.
 * What came by DATA was looked through, or mended, on its way.
 */
export function bareLineEndIn(header: Uint8Array, { bareLineEnd, body }: TransferFacts): 'CR' | 'LF' | undefined {
  if (bareLineEnd !== undefined || body === 'DATA') return bareLineEnd
  const lineEnds = new LineEnds()
  lineEnds.push(header)
  return lineEnds.bareLineEnd
}

/** Whether its first line would continue the line that we put before it. */
function beginsBlank(header: Uint8Array): boolean {
  return header[0] === 0x20 || header[0] === 0x09
}

/** What every door looks at. */
export function shapeOf(header: Uint8Array, transfer: TransferFacts) {
  const marks = latin1(header).match(markLine) ?? []
  return {
    bareLineEnd: bareLineEndIn(header, transfer),
    beginsBlank: beginsBlank(header),
    /** How many servers the message has passed (RFC 5321 6.3). */
    receivedFields: marks.filter(isReceived).length,
    /** Whether it was delivered before, to whomever. */
    wasDelivered: !marks.every(isReceived),
  }
}

function isReceived(mark: string): boolean {
  return /^r/i.test(mark)
}

/** Whether it takes SMTPUTF8 (RFC 6532). */
export function holdsUtf8(header: Uint8Array): boolean {
  return header.some(octet => octet > 0x7f)
}

/**
 * Whom the message was delivered to before, as our own marks tell: we wrote one of `marks` (in lower case, with the address to name) into a
 * Delivered-To, and a Received.
 * A reader who sends it on again by hand puts Resent fields above them (RFC 5322 3.6.6): that is no loop.
 */
export function deliveredBefore(
  header: Uint8Array,
  { marks, hostname }: { readonly marks: ReadonlyMap<string, string>; readonly hostname: string },
): string | undefined {
  const { fields } = readHeader(header)
  const resent = fields.findIndex(field => /^resent-/i.test(field.name))
  const found = fields
    .slice(0, resent < 0 ? fields.length : resent)
    .filter(field => field.name.toLowerCase() === 'delivered-to')
    .map(field => marks.get(utf8(fromLatin1(field.value)).toLowerCase()))
    .find(address => address !== undefined)
  return found !== undefined && fields.some(field => isReceivedBy(hostname, field)) ? found : undefined
}

/** How often it has come by here. */
export function timesReceivedBy(hostname: string, header: Uint8Array): number {
  return readHeader(header).fields.filter(field => isReceivedBy(hostname, field)).length
}

function isReceivedBy(hostname: string, { name, value }: { readonly name: string; readonly value: string }): boolean {
  if (name.toLowerCase() !== 'received') return false
  const by = /(?:^|\s)by\s+([^\s;()]+)/i.exec(value)?.[1]
  return by?.toLowerCase() === hostname.toLowerCase()
}

/** The first rule that fits a field of the header. */
export function refusedContent(header: Uint8Array, rules: readonly ContentRule[]): ContentRule | undefined {
  if (rules.length === 0) return undefined
  const { fields } = readHeader(header)
  return rules.find(rule => {
    const [name, text] = [rule.field.toLowerCase(), rule.contains.toLowerCase()]
    return fields.some(
      field => field.name.toLowerCase() === name && decodeEncodedWords(field.value).toLowerCase().includes(text),
    )
  })
}

/** After the last line of the header, its blank line left out. */
function endIn(head: Uint8Array): number | undefined {
  if (head[0] === 13 && head[1] === 10) return 0 // an empty header: the blank line is the first
  const end = Buffer.from(head.buffer, head.byteOffset, head.byteLength).indexOf(headerEnd)
  return end < 0 ? undefined : end + 2
}
