// What has to change in a message so that it goes through a server without 8BITMIME (RFC 6152 3, RFC 2045 6): a plan, as data. Bodies beyond 7 bits
// become quoted-printable or base64, headers get encoded words. Signatures over what changes are broken by it; there is no other way.

import { latin1 } from '#text/bytes.ts'
import { asciiHeader } from './ascii-header.ts'
import { firstValue, type Header, readHeader } from './header.ts'
import { LineFaults } from './line-ends.ts'
import type { Part } from './part.ts'
import type { ReadPieces } from './without-binary.ts'

/** What becomes of a range of the message. Ranges without one are lines that no encoding is allowed for, or that need none. */
export type SevenBitChange =
  /** ASCII, in its place. */
  | { readonly kind: 'text'; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: Encoding; readonly start: number; readonly end: number }

export type Encoding = 'quoted-printable' | 'base64'

/** In the order they stand. Reads every header, and every body that says it is not encoded, piece by piece. */
export async function sevenBitChanges(root: Part, read: ReadPieces): Promise<readonly SevenBitChange[]> {
  const changes: SevenBitChange[] = []
  for (const part of toConvert(root)) {
    const bytes = await wholeOf(read(part.headerStart, part.bodyStart))
    const content = isEncodable(part) ? await lookInto(part, read) : undefined
    const encoding = content && encodingFor(part, content)
    const text = headerText({ part, isRoot: part === root, bytes, encoding, isUtf8: content?.isUtf8 === true })
    if (text !== undefined) changes.push({ kind: 'text', start: part.headerStart, end: part.bodyStart, text })
    if (encoding !== undefined) changes.push({ kind: encoding, start: part.bodyStart, end: part.bodyEnd })
  }
  return changes
}

/** Outer parts before their children. Of a message/global nothing inside is looked at: it is encoded whole (RFC 6532 3.7). */
function* toConvert(part: Part): Iterable<Part> {
  yield part
  if (!isGlobal(part)) for (const child of part.children) yield* toConvert(child)
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
  readonly isUtf8: boolean
}

async function lookInto({ bodyStart, bodyEnd }: Part, read: ReadPieces): Promise<Looked> {
  const faults = new LineFaults()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let high = 0
  let isUtf8 = true
  for await (const octets of read(bodyStart, bodyEnd)) {
    faults.push(octets)
    for (const octet of octets) if (octet > 0x7f) high += 1
    if (isUtf8) isUtf8 = isDecodable(() => decoder.decode(octets, { stream: true }))
  }
  if (isUtf8) isUtf8 = isDecodable(() => decoder.decode())
  return { octets: bodyEnd - bodyStart, high, faults, isUtf8 }
}

function isDecodable(decode: () => string): boolean {
  try {
    decode()
    return true
  } catch {
    return false // TypeError is all that it throws
  }
}

/** Undefined: it is lines of 7 bits. */
function encodingFor({ fields }: Part, { octets, high, faults }: Looked): Encoding | undefined {
  const isNoText = faults.hasNul || (fields.encoding === 'binary' && (faults.hasBareLf || faults.hasBareCr))
  if (high === 0 && !isNoText) return undefined
  // Whoever reads it as it stands reads most of it; beyond a sixth base64 is the shorter one.
  return fields.type === 'text' && !isNoText && high * 6 < octets ? 'quoted-printable' : 'base64'
}

interface HeaderFacts {
  readonly part: Part
  readonly isRoot: boolean
  readonly bytes: Uint8Array
  readonly encoding: Encoding | undefined
  readonly isUtf8: boolean
}

/** Undefined: it stays. */
function headerText({ part, isRoot, bytes, encoding, isUtf8 }: HeaderFacts): string | undefined {
  const ascii = asciiHeader(bytes, { hasBody: part.bodyEnd > part.bodyStart, isGlobal: false })
  const stated = encoding ?? (part.fields.encoding === '8bit' || part.fields.encoding === 'binary' ? '7bit' : undefined)
  if (stated === undefined) return ascii && latin1(ascii)
  const written = ascii ?? bytes
  const header = readHeader(written)
  const added = encoding !== undefined && isRoot ? mimeFields(header, isUtf8) : ''
  return withEncoding(latin1(written), header, { stated, added })
}

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
