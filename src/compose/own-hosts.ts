// Who we are ourselves, as mail hosts (RFC 5321 5.1): an MX record that leads to us would bring mail back, and us nowhere.

import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import type { Config } from '#config/config.ts'
import type { TargetNeeds } from '#send/targets.ts'
import { isPublic } from '#verify/public-address.ts'

export class OwnHosts {
  readonly #names: ReadonlySet<string>
  readonly #addresses: ReadonlySet<string>
  readonly #mxPorts: ReadonlySet<number>

  /** `addresses`: of this machine. */
  constructor(
    { hostname, listeners, send }: Pick<Config, 'hostname' | 'listeners' | 'send'>,
    addresses = ownAddresses(),
  ) {
    const sources = Object.values(send.sources).flat()
    const helloNames = sources.flatMap(({ helloName }) => helloName ?? [])
    this.#names = new Set([hostname, ...helloNames].map(name => name.toLowerCase()))
    // An address of a source may be another machine's, that translates it: it is ours all the same.
    const all = [...addresses, ...sources.flatMap(({ ipv4, ipv6 }) => [ipv4 ?? [], ipv6 ?? []].flat())]
    this.#addresses = new Set(all.map(written))
    const mx = listeners.filter(({ protocol }) => protocol === 'mx')
    this.#mxPorts = new Set(mx.flatMap(({ place }) => ('port' in place ? [place.port] : [])))
  }

  /** For mail that goes to this port: on another one there is somebody else. */
  on(port: number): TargetNeeds['isOurs'] {
    const listens = this.#mxPorts.has(port)
    return {
      name: host => this.#names.has(host.toLowerCase()),
      address: address =>
        (port === mailPort && isLoopback(address)) || (listens && this.#addresses.has(written(address))),
    }
  }
}

/** Where DNS leads, as no setting does: on this port a record for loopback is a way into this machine, and to nobody's mail. */
const mailPort = 25

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}

/** In one way for all ways: IPv4 in IPv6 as IPv4, zeros left out. */
function written(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(one => one?.map(({ address }) => address) ?? [])
}

/** This machine's IPv6 address in the world; undefined: it has none. */
export function ownIpv6(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap(one => one ?? [])
  return all.find(({ family, internal, address }) => family === 'IPv6' && !internal && isPublic(address))?.address
}
