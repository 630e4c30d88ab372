// The DNS door. For now what receiving asks: the names of an address.

import { Resolver } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { type Clock, systemClock } from './clock.ts'
import { limits } from './limits.ts'

export interface Dns {
  /** The names that the address's PTR records give, without a final dot; none when there are none, or no answer came in time. */
  reverse(address: string): Promise<readonly string[]>
}

export interface SystemDnsOptions {
  /** IP address of the resolver; the system's own unless told. */
  readonly server?: string | undefined
  readonly port?: number | undefined
  /** For a whole question with its second try. */
  readonly timeoutMs: number
  readonly clock?: Clock
}

export function systemDns(options: SystemDnsOptions): Dns {
  const tries = 2
  const resolver = new Resolver({ timeout: Math.max(1, Math.floor(options.timeoutMs / (2 * tries))), tries })
  if (options.server !== undefined) resolver.setServers([serverText(options.server, options.port ?? 53)])
  return {
    async reverse(address) {
      const { promise: late, resolve } = Promise.withResolvers<readonly string[]>()
      using _limit = (options.clock ?? systemClock).after(options.timeoutMs, () => resolve([]))
      // A resolver that can't be asked and a name that does not exist are the same here: no name to show.
      return await Promise.race([late, resolver.reverse(address).then(bounded, () => [])])
    },
  }
}

function bounded(names: readonly string[]): readonly string[] {
  return names.slice(0, limits.reverseNames).map(name => name.replace(/\.$/, ''))
}

function serverText(server: string, port: number): string {
  return isIPv6(server) ? `[${server}]:${port}` : `${server}:${port}`
}
