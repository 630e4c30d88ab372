// Networks that no throttle holds back: the operator's own, and proxies that many clients come through.

import ipaddr from 'ipaddr.js'
import { limits } from './limits.ts'

export type IsTrusted = (address: string) => boolean

/**
 * @param networks CIDR (`10.0.0.0/8`, `2001:db8::/32`) or single addresses; throws an Error that names the entry that is neither
 * @returns whether an address lies in one of them; IPv4 within IPv6 (`::ffff:10.1.2.3`) counts as IPv4
 */
export function trustedNetworks(networks: readonly string[]): IsTrusted {
  const ranges = networks.map(range)
  if (ranges.length === 0) return () => false
  // Asked several times for each message, mostly for the same few addresses.
  const known = new Map<string, boolean>()
  return address => {
    const before = known.get(address)
    if (before !== undefined) return before
    const isTrusted = liesIn(ranges, address)
    if (known.size >= limits.knownAddresses) known.clear()
    known.set(address, isTrusted)
    return isTrusted
  }
}

function liesIn(ranges: readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[], address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const ip = ipaddr.process(address)
  return ranges.some(([network, bits]) => network.kind() === ip.kind() && ip.match(network, bits))
}

function range(network: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (ipaddr.isValidCIDR(network)) return ipaddr.parseCIDR(network)
  if (!ipaddr.isValid(network)) throw new Error(`${network} is no network: write it as 192.0.2.0/24 or 2001:db8::/32`)
  const ip = ipaddr.process(network)
  return [ip, ip.kind() === 'ipv4' ? 32 : 128]
}
