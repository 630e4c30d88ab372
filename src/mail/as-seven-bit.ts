// What has to change in a message so that servers take it: a plan, as data. For one without 8BITMIME (RFC 6152 3, RFC 2045 6) bodies beyond 7 bits
// become quoted-printable or base64, headers get encoded words; signatures over what changes are broken by it, there is no other way. For any
// server (RFC 5321 4.5.3.1.6) bodies with lines of more than 998 octets, or with NUL, are encoded, and headers folded; not what is signed:
// most servers take longer lines, and of a broken signature none takes kindly.

import { latin1 } from '#text/bytes.ts'
import { asciiHeader } from './ascii-header.ts'
import { firstValue, type Header, readHeader } from './header.ts'
import { LineFaults } from './line-ends.ts'
import { LongLines, maxLineOctets } from './long-lines.ts'
import type { Part } from './part.ts'
import type { ReadPieces } from './without-binary.ts'

/** What becomes of a range of the message. Ranges without one are lines that no encoding is allowed for, or that need none. */
export type SevenBitChange =
  /** ASCII, in its place. */
  | { readonly kind: 'text'; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: Encoding; readonly start: number; readonly end: number }

export type Encoding = 'quoted-printable' | 'base64'

/** What it has to be: lines that every server takes, of 7 bits alone or of 8. */
export type Goal = '7bit' | '8bit'

/** In the order they stand. Reads every header, and every body that says it is not encoded, piece by piece. */
export async function sevenBitChanges(root: Part, read: ReadPieces, goal: Goal): Promise<readonly SevenBitChange[]> {
  const changes: SevenBitChange[] = []
  for (const part of toConvert(root, goal)) {
    const bytes = await wholeOf(read(part.headerStart, part.bodyStart))
    if (goal === '8bit' && part === root && firstValue(readHeader(bytes), 'dkim-signature') !== undefined) return []
    const content = isEncodable(part) ? await lookInto(part, read) : undefined
    const encoding = content && encodingFor(part, content, goal)
    const text = headerText({ part, isRoot: part === root, bytes, encoding, isUtf8: content?.isUtf8 === true, goal })
    if (text !== undefined) changes.push({ kind: 'text', start: part.headerStart, end: part.bodyStart, text })
    if (encoding !== undefined) changes.push({ kind: encoding, start: part.bodyStart, end: part.bodyEnd })
  }
  return changes
}

/** Outer parts before their children. Of a message/global nothing inside is looked at: it is encoded whole (RFC 6532 3.7). */
function* toConvert(part: Part, goal: Goal): Iterable<Part> {
  yield part
  if (isGlobal(part) || (goal === '8bit' && isSealed(part))) return
  for (const child of part.children) yield* toConvert(child, goal)
}

/** RFC 1847: who changes what is inside breaks it. */
function isSealed({ fields }: Part): boolean {
  return fields.type === 'multipart' && (fields.subtype === 'signed' || fields.subtype === 'encrypted')
}

function isGlobal({ fields }: Part): boolean {
  return fields.type === 'message' && fields.subtype === 'global'
}

/** RFC 2045 6.4: of what holds parts nothing is encoded, and of what is encoded already neither. */
function isEncodable(part: Part): boolean {
  if (!identities.has(part.fields.encoding)) return false
  if (isGlobal(part)) return true
  const { type, subtype } = part.fields
  return part.children.length === 0 && type !== 'multipart' && !(type === 'message' && wholeMessages.has(subtype))
}

const identities: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary'])
const wholeMessages: ReadonlySet<string> = new Set(['rfc822', 'partial', 'external-body'])

interface Looked {
  readonly octets: number
  /** Beyond ASCII. */
  readonly high: number
  readonly faults: LineFaults
  readonly hasLongLine: boolean
  readonly isUtf8: boolean
}

async function lookInto({ bodyStart, bodyEnd }: Part, read: ReadPieces): Promise<Looked> {
  const faults = new LineFaults()
  const longLines = new LongLines()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let high = 0
  let isUtf8 = true
  for await (const octets of read(bodyStart, bodyEnd)) {
    faults.push(octets)
    longLines.push(octets)
    for (const octet of octets) if (octet > 0x7f) high += 1
    if (isUtf8) isUtf8 = isDecodable(() => decoder.decode(octets, { stream: true }))
  }
  if (isUtf8) isUtf8 = isDecodable(() => decoder.decode())
  return { octets: bodyEnd - bodyStart, high, faults, hasLongLine: longLines.found, isUtf8 }
}

function isDecodable(decode: () => string): boolean {
  try {
    decode()
    return true
  } catch {
    return false // TypeError is all that it throws
  }
}

/** Undefined: it is lines of so many bits. */
function encodingFor({ fields }: Part, looked: Looked, goal: Goal): Encoding | undefined {
  const { octets, high, faults, hasLongLine } = looked
  const isNoText = faults.hasNul || (fields.encoding === 'binary' && (faults.hasBareLf || faults.hasBareCr))
  if (!isNoText && !hasLongLine && (high === 0 || goal === '8bit')) return undefined
  // Whoever reads it as it stands reads most of it; beyond a sixth base64 is the shorter one.
  return fields.type === 'text' && !isNoText && high * 6 < octets ? 'quoted-printable' : 'base64'
}

interface HeaderFacts {
  readonly part: Part
  readonly isRoot: boolean
  readonly bytes: Uint8Array
  readonly encoding: Encoding | undefined
  readonly isUtf8: boolean
  readonly goal: Goal
}

/** Undefined: it stays. */
function headerText(facts: HeaderFacts): string | undefined {
  const { part, isRoot, bytes, encoding, isUtf8, goal } = facts
  const place = { hasBody: part.bodyEnd > part.bodyStart, isGlobal: false }
  const written = (goal === '7bit' ? asciiHeader(bytes, place) : undefined) ?? bytes
  const stated = encoding ?? (goal === '7bit' && saysMore.has(part.fields.encoding) ? '7bit' : undefined)
  const before = latin1(written)
  let text = before
  if (stated !== undefined) {
    const header = readHeader(written)
    const added = encoding !== undefined && isRoot ? mimeFields(header, isUtf8) : ''
    text = withEncoding(before, header, { stated, added })
  }
  text = folded(text)
  return written === bytes && text === before ? undefined : text
}

const saysMore: ReadonlySet<string> = new Set(['8bit', 'binary'])

/** Folded where white space allows it (RFC 5322 2.2.3): that changes nothing for who reads it. */
function folded(header: string): string {
  return header.replace(longLine, line => {
    let text = ''
    let rest = line
    while (rest.length > maxLineOctets) {
      const at = Math.max(rest.lastIndexOf(' ', maxLineOctets), rest.lastIndexOf('\t', maxLineOctets))
      if (rest.slice(0, Math.max(at, 0)).trim() === '') break
      text += `${rest.slice(0, at)}\r\n`
      rest = rest.slice(at)
    }
    return text + rest
  })
}

const longLine = new RegExp(`[^\\r\\n]{${maxLineOctets + 1},}`, 'g')

/** What makes a message of before MIME one of MIME. RFC 1428 3: where nobody knows the charset, that is said. */
function mimeFields(header: Header, isUtf8: boolean): string {
  const version = firstValue(header, 'mime-version') === undefined ? 'MIME-Version: 1.0\r\n' : ''
  if (firstValue(header, 'content-type') !== undefined) return version
  return `${version}Content-Type: text/plain; charset=${isUtf8 ? 'utf-8' : 'unknown-8bit'}\r\n`
}

/** The first field of that name says it now; others go, for they would say something else. */
function withEncoding(
  text: string,
  header: Header,
  { stated, added }: { readonly stated: string; readonly added: string },
): string {
  let written = ''
  let done = 0
  let isStated = false
  for (const { name, start, end } of header.fields) {
    if (name.toLowerCase() !== 'content-transfer-encoding') continue
    written += text.slice(done, start)
    if (!isStated) written += `${name}: ${stated}\r\n`
    isStated = true
    done = end
  }
  const rest = text.slice(done)
  const blank = /(?:^|\n)(\r?\n)$/.exec(rest)?.[1] ?? ''
  const fields = rest.slice(0, rest.length - blank.length)
  const ended = fields === '' || fields.endsWith('\n') ? fields : `${fields}\r\n`
  return `${written}${ended}${isStated ? '' : `Content-Transfer-Encoding: ${stated}\r\n`}${added}${blank || '\r\n'}`
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(pieces))
}
