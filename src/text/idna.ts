// Domain names between Unicode and the ASCII form that DNS and SMTP use (RFC 5891, UTS 46).

import { domainToASCII } from 'node:url'
import { maxDomainCharacters, maxLabelCharacters } from './limits.ts'

/** The domain in lower case, its labels in ASCII; undefined if it is none. No address literals, no final dot. */
export function toAsciiDomain(domain: string): string | undefined {
  if (asciiDomain.test(domain)) return withinLimits(domain.toLowerCase())
  // domainToASCII reads numbers as addresses and cuts at "/", ":" and the like: only what can be a name goes there.
  if (!/[^\x00-\x7f]/.test(domain) || /[\x00-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]/.test(domain)) return undefined
  const ascii = domainToASCII(domain)
  return asciiDomain.test(ascii) ? withinLimits(ascii) : undefined
}

// Underscores are no host name's (RFC 952), but mail domains with them exist.
const asciiDomain = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i

function withinLimits(domain: string): string | undefined {
  if (domain.length <= maxLabelCharacters) return domain
  if (domain.length > maxDomainCharacters) return undefined
  return domain.split('.').every(label => label.length <= maxLabelCharacters) ? domain : undefined
}
