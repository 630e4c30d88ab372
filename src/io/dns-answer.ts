// One DNS message on the wire and what it says (RFC 1035 4, 2308 2, 6604): pure, over the octets that dns-packet reads. Octets that are no
// answer to the question give undefined: who sent them was somebody else, or is broken.

import { AUTHENTIC_DATA, type DecodedPacket, decode, encode, RECURSION_DESIRED } from 'dns-packet'
import { limits } from './limits.ts'

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'PTR' | 'TLSA' | 'TXT'

export interface DnsQuestion {
  /** Of isQuestionName, in lower case. */
  readonly name: string
  readonly type: RecordType
}

export type DnsReply =
  | {
      readonly kind: 'answer'
      /** Of the type that was asked for, as dns-packet has them; none: `nameExists` says why. */
      readonly records: readonly unknown[]
      readonly nameExists: boolean
      /** The name at the end of the aliases. */
      readonly name: string
      /** The resolver says that DNSSEC vouches for all of it (the AD bit). */
      readonly isAuthentic: boolean
      /** How long it may be remembered; 0: not at all. */
      readonly rememberMs: number
      readonly sizeBytes: number
    }
  /** Come again by TCP. */
  | { readonly kind: 'truncated' }
  /** The server does not know EDNS. */
  | { readonly kind: 'without-edns' }
  /** It failed, or would not answer. */
  | { readonly kind: 'failure' }

/** @param id 16 bits by chance */
export function questionOctets({ name, type }: DnsQuestion, id: number, edns: boolean): Buffer {
  const opt = { type: 'OPT' as const, name: '.', udpPayloadSize: limits.dnsUdpBytes }
  const rest = { extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] }
  // The AD bit asks for the AD bit without the signatures (RFC 6840 5.7).
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED | AUTHENTIC_DATA,
    questions: [{ type, name }],
    additionals: edns ? [{ ...opt, ...rest }] : [],
  })
}

/** Whether a question can be asked of it: labels of 1 to 63 octets, 253 in all. */
export function isQuestionName(name: string): boolean {
  return Buffer.byteLength(name) <= 253 && name.split('.').every(isLabel)
}

function isLabel(label: string): boolean {
  return label !== '' && Buffer.byteLength(label) <= 63
}

export function readReply(octets: Buffer, asked: DnsQuestion, id: number): DnsReply | undefined {
  const packet = decoded(octets)
  if (packet?.type !== 'response' || packet.id !== id) return undefined
  const code = (packet.flags ?? 0) & 0xf
  const [question] = packet.questions ?? []
  // Servers that don't know EDNS may leave the question out of their "no".
  if (question === undefined)
    return code === formatError || code === notImplemented ? { kind: 'without-edns' } : undefined
  if (folded(question.name) !== asked.name || question.type !== asked.type) return undefined
  if (packet.flag_tc) return { kind: 'truncated' }
  if (code === formatError || code === notImplemented) return { kind: 'without-edns' }
  if ((code !== noError && code !== noSuchName) || isExtended(packet)) return { kind: 'failure' }
  return answerOf(packet, asked, { nameExists: code === noError, sizeBytes: octets.length })
}

const noError = 0
const formatError = 1
const noSuchName = 3
const notImplemented = 4

function decoded(octets: Buffer): DecodedPacket | undefined {
  try {
    return decode(octets)
  } catch {
    return undefined
  }
}

function isExtended(packet: DecodedPacket): boolean {
  return (packet.additionals ?? []).some(one => one.type === 'OPT' && one.extendedRcode !== 0)
}

function answerOf(
  packet: DecodedPacket,
  asked: DnsQuestion,
  facts: { readonly nameExists: boolean; readonly sizeBytes: number },
): DnsReply {
  const answers = (packet.answers ?? []).filter(one => one.type !== 'OPT')
  const lifetimes: number[] = []
  let name = asked.name
  for (let steps = 0; asked.type !== 'CNAME'; steps += 1) {
    const alias = answers.find(one => one.type === 'CNAME' && folded(one.name) === name)
    if (alias?.type !== 'CNAME') break
    if (steps === limits.dnsAliases) return { kind: 'failure' }
    lifetimes.push(alias.ttl ?? 0)
    name = folded(alias.data)
  }
  const fitting = answers.filter(one => one.type === asked.type && folded(one.name) === name)
  for (const { ttl = 0 } of fitting) lifetimes.push(ttl)
  const records = fitting.slice(0, limits.dnsRecords).map(one => one.data)
  const rememberMs = records.length > 0 ? shortest(lifetimes, limits.dnsRememberMs) : noneMs(packet, lifetimes)
  return { kind: 'answer', records, name, isAuthentic: packet.flag_ad, rememberMs, ...facts }
}

/** RFC 2308 5: as the zone's SOA says; without one not at all. */
function noneMs(packet: DecodedPacket, lifetimes: readonly number[]): number {
  for (const one of packet.authorities ?? [])
    if (one.type === 'SOA')
      return shortest([...lifetimes, one.ttl ?? 0, one.data.minimum ?? 0], limits.dnsRememberNoneMs)
  return 0
}

/** A lifetime with its highest bit set counts as none (RFC 2181 8). */
function shortest(lifetimes: readonly number[], mostMs: number): number {
  const seconds = Math.min(...lifetimes)
  return seconds > 0x7fffffff ? 0 : Math.min(seconds * 1000, mostMs)
}

export function folded(name: string): string {
  return name.replace(/\.$/, '').toLowerCase()
}
