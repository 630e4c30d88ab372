// Where mail for a domain goes (RFC 5321 5.1, 7505): its MX hosts by preference, those of one preference in the order of chance, with their
// addresses; the domain itself where it has none. Whose addresses may be dialled, and in which order, is the caller's.

import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Answer, Dns, MailExchanger } from '#io/dns.ts'
import type { Random } from '#io/random.ts'
import type { RefusedOutcome } from '#mail/outcome.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { nameLimits as limits } from './name-limits.ts'
import { providerOf } from './providers.ts'

export interface TargetNeeds {
  readonly dns: Dns
  readonly random: Random
  /** Who we are ourselves, on the port that mail goes to: what leads there would come back to us. */
  readonly isOurs: { name(host: string): boolean; address(address: string): boolean }
}

export interface TargetHost {
  /** In A-labels and lower case, without a final dot; of an address literal the address. */
  readonly name: string
  readonly preference: number
  /** IPv6 and IPv4, one at least. */
  readonly addresses: readonly string[]
  /** DNSSEC vouches for the addresses, and for all aliases on the way. */
  readonly isAuthentic: boolean
  /** What the name's aliases lead to; the name itself where it has none. */
  readonly canonicalName: string
}

export interface Targets {
  readonly kind: 'targets'
  /** Best first; one at least. */
  readonly hosts: readonly TargetHost[]
  /** As providers.ts names it. */
  readonly provider: string
  /** DNSSEC vouches for the names of the hosts, or nobody has to: it is the domain itself that was asked for. */
  readonly isAuthentic: boolean
  /** What an operator should know: a host without addresses, one that is ourselves. */
  readonly notes: readonly string[]
}

export type NoTargets = { readonly kind: 'no'; readonly outcome: RefusedOutcome }

/** `domain` in A-labels, or an address literal with its brackets. Never rejects. */
export async function targetsOf(needs: TargetNeeds, domain: string): Promise<Targets | NoTargets> {
  const literal = literalAddress(domain)
  if (literal !== undefined) return ofLiteral(needs, literal)
  const answer = await needs.dns.exchangers(domain)
  const named = namedHosts(answer, domain)
  if (named.kind === 'no') return named
  const { reachable, ours } = withoutLoop(named.hosts, needs.isOurs.name)
  if (reachable.length === 0) return loop(domain, ours)
  const chosen = shuffled(reachable, needs.random).slice(0, limits.hosts)
  const looked = await Promise.all(chosen.map(host => lookedUp(needs, host)))
  return settled({ domain, looked, ours, isAuthentic: named.isAuthentic, isOurs: needs.isOurs.address })
}

interface NamedHost {
  readonly name: string
  readonly preference: number
}

type Named = { readonly kind: 'hosts'; readonly hosts: readonly NamedHost[]; readonly isAuthentic: boolean } | NoTargets

function namedHosts(answer: Answer<MailExchanger>, domain: string): Named {
  if (answer.kind === 'unknown') return later(`DNS gives no answer for the mail hosts of ${domain}`)
  const { isAuthentic } = answer
  if (answer.kind === 'none') {
    if (!answer.nameExists) return never('5.1.2', `the domain ${domain} does not exist`)
    return { kind: 'hosts', hosts: [{ name: domain, preference: 0 }], isAuthentic }
  }
  const [first] = answer.records
  if (answer.records.length === 1 && first?.host === '') return never('5.1.10', `556 5.1.10 ${domain} takes no mail`)
  const hosts = answer.records.flatMap(({ host, preference }) => {
    const name = isIP(host) ? host : toAsciiDomain(host)
    return name === undefined ? [] : [{ name, preference }]
  })
  if (hosts.length === 0) return never('5.4.4', `${domain} names no mail host that can be one`)
  return { kind: 'hosts', hosts, isAuthentic }
}

/** RFC 5321 5.1: we are no way to the domain, and nor is whoever would hand its mail to us. */
function withoutLoop(hosts: readonly NamedHost[], isOurs: (host: string) => boolean) {
  const own = hosts.filter(({ name }) => isOurs(name))
  const [best] = own.toSorted((a, b) => a.preference - b.preference)
  const reachable = best === undefined ? hosts : hosts.filter(({ preference }) => preference < best.preference)
  return { reachable, ours: best?.name }
}

function shuffled(hosts: readonly NamedHost[], random: Random): readonly NamedHost[] {
  const drawn = hosts.map(host => ({ host, chance: Buffer.from(random.bytes(4)).readUInt32BE() }))
  drawn.sort((a, b) => a.host.preference - b.host.preference || a.chance - b.chance)
  // Twice in the list is no more than once.
  const names = new Set<string>()
  return drawn.flatMap(({ host }) => (names.size === names.add(host.name).size ? [] : [host]))
}

interface LookedUp extends NamedHost {
  readonly found: Answer<string>
}

async function lookedUp({ dns }: TargetNeeds, host: NamedHost): Promise<LookedUp> {
  const { name } = host
  // An MX with an address in it is against RFC 1035 3.3.9, and what it means is plain.
  if (isIP(name)) return { ...host, found: { kind: 'found', records: [name], isAuthentic: false, name } }
  return { ...host, found: await dns.addresses(name) }
}

interface Looked {
  readonly domain: string
  readonly looked: readonly LookedUp[]
  readonly ours: string | undefined
  readonly isAuthentic: boolean
  readonly isOurs: (address: string) => boolean
}

function settled({ domain, looked, ours, isAuthentic, isOurs }: Looked): Targets | NoTargets {
  const own = looked.find(({ found }) => found.kind === 'found' && found.records.some(isOurs))
  const loops = own?.name ?? ours
  const notes = loops === undefined ? [] : [`${loops} is this server itself: it and those behind it are left out`]
  const hosts: TargetHost[] = []
  const before = own === undefined ? looked : looked.filter(({ preference }) => preference < own.preference)
  for (const host of before) {
    const target = targetHost(host)
    if (typeof target === 'string') notes.push(target)
    else hosts.push(target)
  }
  if (hosts.length > 0)
    return { kind: 'targets', hosts, provider: providerOf(hosts.map(({ name }) => name)), isAuthentic, notes }
  if (before.some(({ found }) => found.kind === 'unknown'))
    return later(`DNS gives no answer for the addresses of ${shownHosts(domain, before)}`)
  if (loops !== undefined) return loop(domain, loops)
  return never('5.4.4', `${shownHosts(domain, looked)} cannot be reached: ${notes.slice(0, 3).join(', ')}`)
}

/** Or why it is none, in words. */
function targetHost({ name, preference, found }: LookedUp): TargetHost | string {
  if (found.kind === 'unknown') return `DNS gives no answer for ${name}`
  if (found.kind === 'none') return found.nameExists ? `${name} has no address` : `${name} does not exist`
  const addresses = found.records.filter(isAddressOfSomebody).slice(0, limits.addresses)
  if (addresses.length === 0) return `${name} has only addresses that are nobody's (${found.records[0]})`
  return { name, preference, addresses, isAuthentic: found.isAuthentic, canonicalName: found.name }
}

function ofLiteral({ isOurs }: TargetNeeds, address: string): Targets | NoTargets {
  if (!isAddressOfSomebody(address)) return never('5.1.2', `${address} is nobody's address`)
  if (isOurs.address(address)) return loop(`[${address}]`, address)
  const host = { name: address, preference: 0, addresses: [address], isAuthentic: false, canonicalName: address }
  return { kind: 'targets', hosts: [host], provider: providerOf([address]), isAuthentic: true, notes: [] }
}

/** The address of `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 4.1.3). */
function literalAddress(domain: string): string | undefined {
  if (!domain.startsWith('[')) return undefined
  const address = domain.slice(1, -1).replace(/^ipv6:/i, '')
  return isIP(address) ? address : undefined
}

/** Not all hosts (0.0.0.0, 255.255.255.255), no group of them. */
function isAddressOfSomebody(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  return !['unspecified', 'broadcast', 'multicast'].includes(ipaddr.process(address).range())
}

function shownHosts(domain: string, looked: readonly NamedHost[]): string {
  const [first] = looked
  if (first === undefined || first.name === domain) return domain
  return `the mail hosts of ${domain} (${first.name}${looked.length > 1 ? ', ...' : ''})`
}

function loop(domain: string, host: string | undefined): NoTargets {
  const named = host === undefined || host === domain ? '' : ` (${host})`
  return never(
    '5.4.6',
    `mail for ${domain} would come back: its best mail host is this server${named}, which does not know the domain`,
  )
}

function never(status: string, reply: string): NoTargets {
  return { kind: 'no', outcome: { kind: 'failed', status, reply, class: 'dns', by: undefined, notBefore: undefined } }
}

function later(reply: string): NoTargets {
  return {
    kind: 'no',
    outcome: { kind: 'deferred', status: '4.4.3', reply, class: 'dns', by: undefined, notBefore: undefined },
  }
}
