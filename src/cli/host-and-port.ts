// A host with its port as an argument: `mail.example.org:25`, `192.0.2.1:25`, `[2001:db8::1]:25`.

import { isIP, isIPv6 } from 'node:net'
import { toAsciiDomain } from '#text/idna.ts'

export interface HostAndPort {
  /** In lower case ASCII, or an IP address. */
  readonly host: string
  readonly port: number
}

/** Undefined when it is none. `standardPort`: where none is given. */
export function readHostAndPort(text: string, standardPort: number): HostAndPort | undefined {
  const [, bracketed, plain, given] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? []
  const port = given === undefined ? standardPort : Number(given)
  if (port < 1 || port > 65_535) return undefined
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined
  // An IPv6 address alone is one, without a port.
  if (isIPv6(text)) return { host: text, port: standardPort }
  if (plain === undefined || plain === '') return undefined
  const host = isIP(plain) !== 0 ? plain : toAsciiDomain(plain)
  return host === undefined ? undefined : { host, port }
}
