// The addresses of this machine that mail leaves from, in pools, and whether the world knows them by name: IPv6 is not used before its PTR
// record leads to a name that leads back (large providers refuse such mail for good).

import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import { isPublic } from '#verify/public-address.ts'
import { limits } from './limits.ts'
import type { SourceSettings } from './settings.ts'

export interface Source extends SourceSettings {
  /** Unique: its addresses, or `any` where the system chooses. */
  readonly key: string
  readonly helloName: string
}

export function sourceOf(settings: SourceSettings, hostname: string): Source {
  const key = [settings.ipv4, settings.ipv6].filter(address => address !== undefined).join(' ')
  return { ...settings, helloName: settings.helloName ?? hostname, key: key === '' ? 'any' : key }
}

export interface SourceAddressesNeeds {
  readonly dns: Pick<Dns, 'pointers' | 'addresses'>
  readonly clock: Clock
  /** This machine's IPv6 address in the world, for sources that leave it to the system; undefined: it has none. */
  readonly ownIpv6?: string | undefined
}

export class SourceAddresses {
  readonly #dns: Pick<Dns, 'pointers' | 'addresses'>
  readonly #known: Remembered<{ readonly isRight: boolean; readonly untilMs: number }>
  readonly #clock: Clock
  readonly #ownIpv6: string | undefined

  constructor({ dns, clock, ownIpv6 }: SourceAddressesNeeds) {
    this.#dns = dns
    this.#clock = clock
    this.#ownIpv6 = ownIpv6
    this.#known = new Remembered({ clock, mostKeys: limits.sources * limits.pools, forgetMs: limits.pointerRightMs })
  }

  /** Those of a host's addresses that this source may dial, IPv6 first. Asks the DNS about the source's IPv6 address, not often. */
  async usable(source: Source, addresses: readonly string[]): Promise<readonly string[]> {
    const six = addresses.filter(address => isIP(address) === 6 && this.#has(source, 6, address))
    const four = addresses.filter(address => isIP(address) === 4 && this.#has(source, 4, address))
    const areAllHere = six.every(address => !isPublic(address))
    if (areAllHere || (await this.#isKnown(this.#ipv6Of(source)))) return [...six, ...four]
    return [...six.filter(address => !isPublic(address)), ...four]
  }

  /** What to dial from; undefined: the system's choice. */
  localAddress(source: Source, address: string): string | undefined {
    // Where the system chooses, it may choose an address that nobody has looked at.
    const ipv6 = isPublic(address) ? this.#ipv6Of(source) : source.ipv6
    const own = isIP(address) === 6 ? ipv6 : source.ipv4
    // An address of the world cannot dial this machine itself from every system, nor the other way round.
    return own !== undefined && isLoopback(address) && !isLoopback(own) ? undefined : own
  }

  #ipv6Of({ ipv4, ipv6 }: Source): string | undefined {
    return ipv4 === undefined && ipv6 === undefined ? this.#ownIpv6 : ipv6
  }

  #has({ ipv4, ipv6 }: Source, family: 4 | 6, address: string): boolean {
    if (isLoopback(address)) return true
    return (ipv4 === undefined && ipv6 === undefined) || (family === 6 ? ipv6 : ipv4) !== undefined
  }

  async #isKnown(ipv6: string | undefined): Promise<boolean> {
    if (ipv6 === undefined) return false
    if (!isPublic(ipv6)) return true
    const known = this.#known.get(ipv6)
    if (known !== undefined && known.untilMs > this.#clock.monotonicMs()) return known.isRight
    const isRight = await this.#leadsBack(ipv6)
    const forMs = isRight ? limits.pointerRightMs : limits.pointerWrongMs
    this.#known.set(ipv6, { isRight, untilMs: this.#clock.monotonicMs() + forMs })
    return isRight
  }

  async #leadsBack(address: string): Promise<boolean> {
    const names = await this.#dns.pointers(address)
    if (names.kind !== 'found') return false
    for (const name of names.records.slice(0, limits.pointerNames)) {
      const back = await this.#dns.addresses(name, 6)
      if (back.kind === 'found' && back.records.some(one => isSame(one, address))) return true
    }
    return false
  }
}

function isSame(one: string, other: string): boolean {
  return ipaddr.isValid(one) && ipaddr.process(one).toString() === ipaddr.process(other).toString()
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
