// Variable envelope return paths: MAIL FROM tells which message a report is about, `alice+b=TOKEN@example.com`. The token holds the message's id and
// a signature, and is a detail (RFC 5233) of the sender's own address: a report whose token nobody can read reaches the sender all the same.

import {
  dayMs,
  fromBase32,
  isRecent,
  isSame,
  longestLocalPart,
  type Sign,
  signatureOctets,
  signatureOf,
  toBase32,
} from './return-path.ts'

const mark = '+b='
/** Reports come within days, complaints of readers within weeks. */
const validDays = 40
/** Of days since 1970: 90 years. */
const cycle = 0x8000
const fromText = new TextEncoder()
const toText = new TextDecoder('utf-8', { fatal: true })
/** Of message ids that are not sixteen digits. */
const longestText = 24

export interface VerpNeeds {
  readonly sign: Sign
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The local part with the token. Undefined: it would be too long, and the plain one stands for it. `domain` in lower case ASCII. */
export function verpLocalPart(
  needs: VerpNeeds,
  { localPart, domain, messageId }: { readonly localPart: string; readonly domain: string; readonly messageId: string },
): string | undefined {
  const id = octetsOf(messageId)
  if (id === undefined) return undefined
  const day = Math.floor(needs.now / dayMs) % cycle
  const octets = new Uint8Array(2 + id.octets.length)
  octets[0] = (day >> 8) | (id.isText ? 0x80 : 0)
  octets[1] = day & 0xff
  octets.set(id.octets, 2)
  const body = toBase32(octets)
  const whole = `${localPart}${mark}${body}${signed(needs.sign, { localPart, domain, body })}`
  return Buffer.byteLength(whole) > longestLocalPart ? undefined : whole
}

export type ReadVerp =
  /** Of ours: the address it is of, and the message. */
  | { readonly kind: 'ours'; readonly localPart: string; readonly messageId: string }
  /** It looks like one, but is too old, or nobody here signed it: the address alone counts. */
  | { readonly kind: 'unsigned'; readonly localPart: string }

/** Undefined: no such address. */
export function readVerp(needs: VerpNeeds, address: { localPart: string; domain: string }): ReadVerp | undefined {
  const [, localPart, token] = /^(.+)\+b=([a-z2-7]{12,60})$/is.exec(address.localPart) ?? []
  if (localPart === undefined || token === undefined) return undefined
  const signatureAt = token.length - (signatureOctets * 8) / 5
  const [body, signature] = [token.slice(0, signatureAt).toLowerCase(), token.slice(signatureAt).toLowerCase()]
  const octets = fromBase32(body)
  const wanted = signed(needs.sign, { localPart, domain: address.domain, body })
  if (octets === undefined || octets.length < 3 || !isSame(signature, wanted)) return { kind: 'unsigned', localPart }
  const [high = 0, low = 0] = octets
  const day = ((high & 0x7f) << 8) | low
  if (!isRecent(day, { now: needs.now, days: validDays, cycle })) return { kind: 'unsigned', localPart }
  const id = octets.subarray(2)
  return { kind: 'ours', localPart, messageId: (high & 0x80) === 0 ? hexOf(id) : toText.decode(id) }
}

/** Over the address in lower case: some servers fold it on the way. */
function signed(sign: Sign, of: { localPart: string; domain: string; body: string }): string {
  return signatureOf(sign, `verp ${of.localPart.toLowerCase()}@${of.domain.toLowerCase()} ${of.body}`)
}

function octetsOf(messageId: string): { readonly octets: Uint8Array; readonly isText: boolean } | undefined {
  if (/^(?:[0-9a-f]{2}){1,16}$/.test(messageId)) return { octets: Uint8Array.fromHex(messageId), isText: false }
  const octets = fromText.encode(messageId)
  return octets.length === 0 || octets.length > longestText ? undefined : { octets, isText: true }
}

function hexOf(octets: Uint8Array): string {
  return Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join('')
}
