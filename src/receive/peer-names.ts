// The name that DNS gives a peer's address, for the trace field (RFC 5321 4.4). Asked once in a while for each address, and only for public ones.
// Nothing is decided by it: a name that does not come in time is left out.

import ipaddr from 'ipaddr.js'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import { Remembered } from '#throttle/remembered.ts'
import { peerNameMs, peerNames } from './limits.ts'

export class PeerNames {
  readonly #dns: Dns
  readonly #asked: Remembered<Promise<string | undefined>>

  constructor(dns: Dns, clock: Clock) {
    this.#dns = dns
    this.#asked = new Remembered({ clock, mostKeys: peerNames, forgetMs: peerNameMs })
  }

  /** The first name of `address`, in lower case; undefined if it has none, or none that may stand in a header. Never rejects. */
  of(address: string): Promise<string | undefined> {
    const known = this.#asked.get(address)
    if (known !== undefined) return known
    const asked = isPublic(address) ? this.#ask(address) : Promise.resolve(undefined)
    this.#asked.set(address, asked)
    return asked
  }

  async #ask(address: string): Promise<string | undefined> {
    const names = await this.#dns.reverse(address)
    return names.map(name => name.toLowerCase()).find(name => /^[a-z0-9_.-]{1,253}$/.test(name))
  }
}

/** Nobody's resolver has to hear of addresses that only have a meaning at home. */
function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}
