// An address as DNS has it under a zone of addresses (RFC 1035 3.5, RFC 3596 2.5, RFC 5782 2): last part first.

import ipaddr from 'ipaddr.js'

/** `7.2.0.192` of 192.0.2.7, 32 nibbles of an IPv6 address; undefined of what is no IP address. */
export function reversedAddress(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined
  const ip = ipaddr.process(address)
  const bytes = ip.toByteArray()
  if (ip.kind() === 'ipv4') return bytes.reverse().join('.')
  return [...Buffer.from(bytes).toString('hex')].reverse().join('.')
}

/** The name of an address's PTR records. */
export function pointerName(address: string): string | undefined {
  const reversed = reversedAddress(address)
  if (reversed === undefined) return undefined
  return `${reversed}.${ipaddr.process(address).kind() === 'ipv4' ? 'in-addr' : 'ip6'}.arpa`
}
