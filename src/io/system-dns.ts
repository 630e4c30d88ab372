// The DNS door itself: a resolver that asks the machine's own (it resolves and validates), remembers what it may, and asks each question once
// at a time. Its AD bit counts only where nobody on the way can have set it: from this machine, or where the settings say so (RFC 4035 4.9.3).

import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { type Clock, systemClock } from './clock.ts'
import type { Answer, Dns, MailExchanger, NotFound, TlsaRecord } from './dns.ts'
import { folded, isQuestionName, type RecordType } from './dns-answer.ts'
import { DnsCache } from './dns-cache.ts'
import { type Inquired, inquire, type NameServer } from './dns-inquiry.ts'
import { DnsTurns } from './dns-turns.ts'
import { limits } from './limits.ts'
import { type Random, systemRandom } from './random.ts'
import { pointerName } from './reverse-name.ts'

export interface SystemDnsOptions {
  /** IP address of the resolver; the system's own unless told. */
  readonly server?: string | undefined
  readonly port?: number | undefined
  /** The way to a resolver elsewhere is safe too: its AD bit counts. */
  readonly isTrusted?: boolean | undefined
  /** For a whole question with all its tries. */
  readonly timeoutMs: number
  readonly clock?: Clock
  readonly random?: Random
}

type Read<R> = (data: unknown) => R | undefined

export function systemDns(options: SystemDnsOptions): Dns {
  const { ask, forget } = resolver(options)
  const addresses = (name: string, family: 4 | 6) => ask(name, family === 4 ? 'A' : 'AAAA', addressOf(family))
  return {
    pointers: async address => {
      const name = pointerName(address)
      return name === undefined ? noSuchName : await ask(name, 'PTR', nameOf)
    },
    async addresses(name, family) {
      if (family !== undefined) return await addresses(name, family)
      return both(await Promise.all([addresses(name, 4), addresses(name, 6)]))
    },
    exchangers: domain => ask(domain, 'MX', exchangerOf),
    texts: name => ask(name, 'TXT', textOf),
    aliases: name => ask(name, 'CNAME', nameOf),
    tlsa: name => ask(name, 'TLSA', tlsaOf),
    forget,
  }
}

function resolver(options: SystemDnsOptions) {
  const { clock = systemClock, random = systemRandom, timeoutMs } = options
  const needs = { servers: serversOf(options), timeoutMs, clock, random }
  const cache = new DnsCache<Inquired>(clock)
  const asked = new Map<string, Promise<Inquired | undefined>>()
  const turns = new DnsTurns(clock, timeoutMs)
  const inquireOnce = async (name: string, type: RecordType, key: string) => {
    try {
      const reply = await turns.run(() => inquire({ name, type }, needs))
      if (reply !== undefined) cache.set(key, reply, reply)
      return reply
    } finally {
      asked.delete(key)
    }
  }
  const forget = (given: string) => {
    const names = [folded(given)]
    const known = cache.get(`MX ${names[0]}`)
    for (const record of known?.records ?? []) names.push(folded(exchangerOf(record)?.host ?? ''))
    for (const name of names) {
      for (const type of types) cache.drop(`${type} ${name}`)
      cache.drop(`TLSA _25._tcp.${name}`)
    }
  }
  const ask = async <R>(given: string, type: RecordType, read: Read<R>): Promise<Answer<R>> => {
    const name = folded(given)
    if (!isQuestionName(name)) return noSuchName
    const key = `${type} ${name}`
    const known = cache.get(key)
    if (known !== undefined) return answerOf(known, read)
    const underWay = asked.get(key) ?? inquireOnce(name, type, key)
    asked.set(key, underWay)
    return answerOf(await underWay, read)
  }
  return { ask, forget }
}

const defaultPort = 53
const types: readonly RecordType[] = ['MX', 'A', 'AAAA', 'CNAME', 'TXT']

function serversOf({ server, port = defaultPort, isTrusted = false }: SystemDnsOptions): readonly NameServer[] {
  const given = server === undefined ? getServers().map(readServer) : [{ address: server, port }]
  return given
    .slice(0, limits.dnsServers)
    .map(one => ({ ...one, isTrusted: isTrusted || isOfThisMachine(one.address) }))
}

/** As node:dns prints them: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`. */
function readServer(text: string): { readonly address: string; readonly port: number } {
  if (isIP(text)) return { address: text, port: defaultPort }
  const at = text.lastIndexOf(':')
  return { address: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
}

function isOfThisMachine(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}

const noSuchName: NotFound = { kind: 'none', nameExists: false, isAuthentic: false }

function answerOf<R>(reply: Inquired | undefined, read: Read<R>): Answer<R> {
  if (reply === undefined) return { kind: 'unknown' }
  const { name, isAuthentic, nameExists } = reply
  const records = reply.records.map(read).filter(record => record !== undefined)
  if (records.length > 0) return { kind: 'found', records, isAuthentic, name }
  return { kind: 'none', nameExists, isAuthentic }
}

/** What one half has found counts though the other half is unknown; but then "none" is not certain. */
function both([first, second]: readonly [Answer<string>, Answer<string>]): Answer<string> {
  const found = [first, second].filter(answer => answer.kind === 'found')
  const [one] = found
  if (one !== undefined) {
    const isAuthentic = found.every(answer => answer.isAuthentic)
    return { kind: 'found', records: found.flatMap(answer => answer.records), isAuthentic, name: one.name }
  }
  if (first.kind !== 'none' || second.kind !== 'none') return { kind: 'unknown' }
  const isAuthentic = first.isAuthentic && second.isAuthentic
  return { kind: 'none', nameExists: first.nameExists || second.nameExists, isAuthentic }
}

function addressOf(family: 4 | 6): Read<string> {
  return data => {
    if (typeof data !== 'string' || isIP(data) !== family) return undefined
    return data
  }
}

function nameOf(data: unknown): string | undefined {
  return typeof data === 'string' ? data.replace(/\.$/, '') : undefined
}

function exchangerOf(data: unknown): MailExchanger | undefined {
  if (typeof data !== 'object' || data === null || !('exchange' in data) || !('preference' in data)) return undefined
  const { exchange, preference } = data
  if (typeof exchange !== 'string' || typeof preference !== 'number') return undefined
  return { host: exchange.replace(/\.$/, ''), preference }
}

/** Octet for octet: what a text is in is for its reader to say. */
function textOf(data: unknown): string | undefined {
  if (!Array.isArray(data)) return undefined
  return data.map(part => (Buffer.isBuffer(part) ? part.toString('latin1') : '')).join('')
}

function tlsaOf(data: unknown): TlsaRecord | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  if (!('usage' in data && 'selector' in data && 'matchingType' in data && 'certificate' in data)) return undefined
  const { usage, selector, matchingType: matching, certificate } = data
  if (typeof usage !== 'number' || typeof selector !== 'number' || typeof matching !== 'number') return undefined
  return Buffer.isBuffer(certificate) ? { usage, selector, matching, data: Uint8Array.from(certificate) } : undefined
}
