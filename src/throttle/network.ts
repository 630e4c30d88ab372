// Which network an address belongs to: guesses and floods come from a whole /24 or /64 as easily as from one address.

import ipaddr from 'ipaddr.js'

/** `192.0.2.0/24`, `2001:db8:0:0::/64`; IPv4 within IPv6 counts as IPv4. What is no IP address stands for itself. */
export function networkOf(address: string): string {
  const ip = parsed(address)
  if (ip === undefined) return address
  if (ip.kind() === 'ipv4') return `${ip.toByteArray().slice(0, 3).join('.')}.0/24`
  return prefix64(ip)
}

/** One customer's line: an IPv4 address, or the /64 that a line gets in IPv6. */
export function lineOf(address: string): string {
  const ip = parsed(address)
  if (ip === undefined) return address
  return ip.kind() === 'ipv4' ? ip.toString() : prefix64(ip)
}

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const withoutZone = address.replace(/%.*$/, '')
  return ipaddr.isValid(withoutZone) ? ipaddr.process(withoutZone) : undefined
}

function prefix64(ip: ipaddr.IPv4 | ipaddr.IPv6): string {
  const groups = ip.toNormalizedString().split(':').slice(0, 4)
  return `${groups.join(':')}::/64`
}
