// The DNS door: what receiving asks of the world's names. No record and no answer are two things: the first is a fact, the second passes.

import { Resolver } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { type Clock, systemClock } from './clock.ts'
import { limits } from './limits.ts'
import { pointerName } from './reverse-name.ts'

export type Answer<R> =
  | { readonly kind: 'found'; readonly records: readonly R[] }
  /** The name does not exist, or has no record of this type. */
  | { readonly kind: 'none'; readonly nameExists: boolean }
  /** Nobody answered in time, or the answer was a failure: it may be otherwise in a minute. */
  | { readonly kind: 'unknown' }

export interface MailExchanger {
  /** Without a final dot; '' for the null MX (RFC 7505). */
  readonly host: string
  readonly preference: number
}

/** RFC 6698 2.1. */
export interface TlsaRecord {
  readonly usage: number
  readonly selector: number
  readonly matching: number
  readonly data: Uint8Array
}

export interface Dns {
  /** The names that an address's PTR records give, without a final dot. */
  pointers(address: string): Promise<Answer<string>>
  /** IPv4 and IPv6 addresses of a name, or those of one family. */
  addresses(name: string, family?: 4 | 6): Promise<Answer<string>>
  exchangers(domain: string): Promise<Answer<MailExchanger>>
  /** Each record's strings joined to one (RFC 7208 3.3). */
  texts(name: string): Promise<Answer<string>>
  /** What a name's own CNAME record leads to, whether or not that exists. The other questions follow it. */
  aliases(name: string): Promise<Answer<string>>
}

export interface SystemDnsOptions {
  /** IP address of the resolver; the system's own unless told. */
  readonly server?: string | undefined
  readonly port?: number | undefined
  /** For a whole question with its second try. */
  readonly timeoutMs: number
  readonly clock?: Clock
}

export function systemDns(options: SystemDnsOptions): Dns {
  const tries = 2
  const resolver = new Resolver({ timeout: Math.max(1, Math.floor(options.timeoutMs / (2 * tries))), tries })
  if (options.server !== undefined) resolver.setServers([serverText(options.server, options.port ?? 53)])
  const clock = options.clock ?? systemClock
  const ask = async <A, R>(question: Promise<A[]>, read: (record: A) => R): Promise<Answer<R>> => {
    const { promise: late, resolve } = Promise.withResolvers<Answer<R>>()
    using _limit = clock.after(options.timeoutMs, () => resolve({ kind: 'unknown' }))
    return await Promise.race([late, question.then(records => found(records, read), failed)])
  }
  return {
    // Not resolver.reverse: it takes a failure for a name that does not exist.
    pointers: async address => {
      const name = pointerName(address)
      return name === undefined ? noSuchName : await ask(resolver.resolvePtr(name), withoutFinalDot)
    },
    async addresses(name, family) {
      const four = () => ask(resolver.resolve4(name), same)
      const six = () => ask(resolver.resolve6(name), same)
      if (family !== undefined) return await (family === 4 ? four() : six())
      return both(await Promise.all([four(), six()]))
    },
    exchangers: domain =>
      ask(resolver.resolveMx(domain), ({ exchange, priority }) => ({
        host: withoutFinalDot(exchange),
        preference: priority,
      })),
    texts: name => ask(resolver.resolveTxt(name), strings => strings.join('')),
    aliases: name => ask(resolver.resolveCname(name), withoutFinalDot),
  }
}

function found<A, R>(records: readonly A[], read: (record: A) => R): Answer<R> {
  if (records.length === 0) return { kind: 'none', nameExists: true }
  return { kind: 'found', records: records.slice(0, limits.dnsRecords).map(read) }
}

const noSuchName = { kind: 'none', nameExists: false } as const

/** No such name, and names that no question can be asked of. */
const notThere: readonly unknown[] = ['ENOTFOUND', 'EBADNAME', 'EINVAL', 'EBADQUERY']

function failed(error: unknown): Answer<never> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENODATA') return { kind: 'none', nameExists: true }
  return notThere.includes(code) ? noSuchName : { kind: 'unknown' }
}

/** What one half has found counts though the other half is unknown; but then "none" is not certain. */
function both<R>([first, second]: readonly [Answer<R>, Answer<R>]): Answer<R> {
  const records = [first, second].flatMap(answer => (answer.kind === 'found' ? answer.records : []))
  if (records.length > 0) return { kind: 'found', records }
  const nones = [first, second].filter(answer => answer.kind === 'none')
  if (nones.length < 2) return { kind: 'unknown' }
  return { kind: 'none', nameExists: nones.some(({ nameExists }) => nameExists) }
}

function same(address: string): string {
  return address
}

function withoutFinalDot(name: string): string {
  return name.replace(/\.$/, '')
}

function serverText(server: string, port: number): string {
  return isIPv6(server) ? `[${server}]:${port}` : `${server}:${port}`
}
