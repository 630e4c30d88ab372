// Which addresses the world's DNS can say something about: nobody's resolver has to hear of addresses that only have a meaning at home.

import ipaddr from 'ipaddr.js'

/** False for loopback, private, link-local and reserved addresses, and for what is no IP address. */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}
