// Where the mail of one hop goes: its hosts with their addresses, and what a connection to each has to be.

import { isIP } from 'node:net'
import type { Dns } from '#io/dns.ts'
import type { RefusedOutcome } from '#mail/outcome.ts'
import { deferred } from './outcomes.ts'
import { providerOf } from './providers.ts'
import { domainTest, type Hop } from './routes.ts'
import type { Credentials } from './session.ts'
import type { DirectRoute, SmarthostRoute, TlsMinimum, TlsRule } from './settings.ts'
import type { NoTargets, TargetHost, Targets } from './targets.ts'
import type { TlsAsked } from './tls-policy.ts'

export interface Destination {
  readonly kind: 'destination'
  /** What the hosts share one pace with. */
  readonly provider: string
  /** The entry of the setting `pace` that is theirs, if there is one. */
  readonly paceName: string
  /** Best first. */
  readonly hosts: readonly DestinationHost[]
  /** Whether they are hosts of the world, found by a domain's records. */
  readonly isDirect: boolean
  /** What an operator should know. */
  readonly notes: readonly string[]
}

export interface DestinationHost {
  readonly name: string
  readonly port: number
  readonly addresses: readonly string[]
  readonly implicitTls: boolean
  readonly credentials: Credentials | undefined
  readonly minimumTls: TlsRule['minimumVersion']
  /** What TlsPolicy is asked about it, but for the message. */
  readonly tls: Omit<TlsAsked, 'requireTls' | 'ignoresPolicies'>
}

export interface DestinationNeeds {
  readonly dns: Pick<Dns, 'addresses' | 'forget'>
  /** The hosts of a domain's records, for mail on a port. */
  targetsOf(domain: string, port: number): Promise<Targets | NoTargets>
  readonly tlsRules: readonly TlsRule[]
  /** By the name of the route. */
  readonly credentials: ReadonlyMap<string, Credentials>
}

export class Destinations {
  readonly #needs: DestinationNeeds
  readonly #rules: readonly { readonly fits: (domain: string) => boolean; readonly rule: TlsRule }[]

  constructor(needs: DestinationNeeds) {
    this.#needs = needs
    this.#rules = needs.tlsRules.map(rule => ({ fits: domainTest(rule.domains), rule }))
  }

  async of({ name, route, domain }: Hop): Promise<Destination | NoTargets> {
    if (route.kind === 'smarthost') return await this.#smarthost(name, route)
    return await this.#direct(domain ?? '', route)
  }

  /** What DNS said of it is asked for anew. */
  forget({ route, domain }: Hop): void {
    const { dns } = this.#needs
    for (const name of route.kind === 'smarthost' ? route.hosts.map(({ host }) => host) : [domain ?? ''])
      dns.forget?.(name)
  }

  async #direct(domain: string, { port }: DirectRoute): Promise<Destination | NoTargets> {
    const targets = await this.#needs.targetsOf(domain, port)
    if (targets.kind === 'no') return targets
    const rule = this.#rules.find(({ fits }) => fits(domain))?.rule
    const { provider, notes } = targets
    const minimum = rule?.minimum ?? 'opportunistic'
    const via = { kind: 'mx', namesAreAuthentic: targets.isAuthentic } as const
    const hosts = targets.hosts.map(
      (host): DestinationHost => ({
        name: host.name,
        port,
        addresses: host.addresses,
        implicitTls: false,
        credentials: undefined,
        minimumTls: rule?.minimumVersion ?? 'TLSv1.2',
        tls: { domain, host, port, via, minimum },
      }),
    )
    return { kind: 'destination', provider, paceName: provider, hosts, isDirect: true, notes }
  }

  async #smarthost(name: string, route: SmarthostRoute): Promise<Destination | NoTargets> {
    const credentials = this.#needs.credentials.get(name)
    const looked = await Promise.all(route.hosts.map(async one => ({ ...one, found: await this.#lookUp(one.host) })))
    const notes: string[] = []
    const hosts = looked.flatMap(({ port, found }): readonly DestinationHost[] => {
      if (typeof found === 'string') {
        notes.push(found)
        return []
      }
      const asked = {
        domain: found.name,
        host: found,
        port,
        via: { kind: 'setting' },
        minimum: minima[route.tls],
      } as const
      const implicitTls = route.tls === 'implicit'
      const { name, addresses } = found
      return [{ name, port, addresses, implicitTls, credentials, minimumTls: 'TLSv1.2', tls: asked }]
    })
    // It is a matter of our configuration: mail waits until it is mended.
    if (hosts.length === 0) return { kind: 'no', outcome: deferred('dns', '4.4.3', notes.join(', ')) }
    // Two routes to one host may have two names to log in with: what it thinks of one is no matter to the other.
    const provider = `${name} (${providerOf(hosts.map(host => host.name))})`
    return { kind: 'destination', provider, paceName: 'smarthost', hosts, isDirect: false, notes }
  }

  /** Or why there is no such host, in words. */
  async #lookUp(host: string): Promise<TargetHost | string> {
    const plain = { name: host, preference: 0, addresses: [host], isAuthentic: false, canonicalName: host }
    if (isIP(host) !== 0) return plain
    const answer = await this.#needs.dns.addresses(host)
    if (answer.kind === 'unknown') return `DNS gives no answer for ${host}`
    if (answer.kind === 'none') return `${host} has no address`
    const { records: addresses, isAuthentic, name: canonicalName } = answer
    return { ...plain, addresses, isAuthentic, canonicalName }
  }
}

const minima: Readonly<Record<SmarthostRoute['tls'], TlsMinimum>> = {
  implicit: 'verified',
  starttls: 'verified',
  encrypted: 'encrypted',
  opportunistic: 'opportunistic',
  none: 'none',
}

export function noSuchRoute(hop: string): RefusedOutcome {
  return deferred('ours', '4.3.5', `the configuration has no route for ${hop} any more`)
}
