// A world of a few domains and their hosts, drawn from a seed, in memory: who they are, where DNS says they are, and how well they behave.

import type { Dns } from '#io/dns.ts'
import { fixedDns } from '#io/fixed-dns.ts'
import { type MemoryNetwork, memoryNetwork } from '#io/memory-network.ts'
import { Draws } from '../fuzz/draws.ts'
import { BadPeer } from '../support/bad-peer.ts'
import type { SimClock } from './sim-clock.ts'
import { drawTemperament } from './temperament.ts'

const hourMs = 3_600_000

export class World {
  readonly clock: SimClock
  readonly network: MemoryNetwork
  readonly dns: Dns
  /** Each with one host or more. */
  readonly domains: readonly string[]
  readonly peers: readonly BadPeer[]

  constructor(seed: number, clock: SimClock) {
    const draws = new Draws(seed)
    this.clock = clock
    this.network = memoryNetwork(clock)
    this.network.otherwise = 'unreachable'
    const calmAtMs = draws.pick([1, 10, 50, 400]) * hourMs
    const exchangers: Record<string, { host: string; preference: number }[]> = {}
    const addresses: Record<string, string[]> = {}
    const peers: BadPeer[] = []
    const domains = Array.from({ length: 2 + draws.below(4) }, (_, number) => `d${number}.test`)
    for (const [number, domain] of domains.entries()) {
      const hosts = Array.from({ length: 1 + draws.below(3) }, (_, place) => `mx${place}.${domain}`)
      if (!draws.oneIn(6)) exchangers[domain] = hosts.map(host => ({ host, preference: 10 * draws.below(2) }))
      else addresses[domain] = [`10.0.${number}.0`]
      for (const [place, host] of hosts.entries()) {
        const address = `10.0.${number}.${place}`
        addresses[host] = draws.oneIn(4) ? [address, `fd00::${number}:${place}`] : [address]
        peers.push(this.#host(draws, host, address, calmAtMs))
      }
    }
    this.domains = domains
    this.peers = peers
    this.dns = unsteady(fixedDns({ exchangers, addresses }), draws, clock, calmAtMs)
  }

  #host(draws: Draws, name: string, address: string, calmAtMs: number): BadPeer {
    const { clock, network } = this
    const { options, tls, before, upAtMs } = drawTemperament(draws, name, calmAtMs, () => clock.monotonicMs())
    const peer = new BadPeer({ name, clock, ...options })
    const delayMs = draws.pick([0, 5, 300])
    const there = () => network.set(address, 25, { serve: channel => peer.run(channel), tls, delayMs })
    if (before === 'up') there()
    else {
      network.set(address, 25, before)
      if (upAtMs < Number.POSITIVE_INFINITY) clock.after(upAtMs, there)
    }
    return peer
  }
}

/** Questions take their time, and some are not answered. */
function unsteady(dns: Dns, draws: Draws, clock: SimClock, calmAtMs: number): Dns {
  const perMille = draws.pick([0, 0, 50, 300])
  const asked = async <T>(ask: () => Promise<T>): Promise<T | { readonly kind: 'unknown' }> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    clock.after(draws.pick([1, 20, 500]), resolve)
    await promise
    return clock.monotonicMs() < calmAtMs && draws.below(1000) < perMille ? { kind: 'unknown' } : await ask()
  }
  return {
    pointers: address => asked(() => dns.pointers(address)),
    addresses: (name, family) => asked(() => dns.addresses(name, family)),
    exchangers: domain => asked(() => dns.exchangers(domain)),
    texts: name => asked(() => dns.texts(name)),
    aliases: name => asked(() => dns.aliases(name)),
    tlsa: name => asked(() => dns.tlsa(name)),
  }
}
