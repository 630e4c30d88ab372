// The doors to the outside, replaced together in tests. Files and sockets are the machine's own.

import type { Config } from '#config/config.ts'
import { type Clock, systemClock } from '#io/clock.ts'
import { type Dns, systemDns } from '#io/dns.ts'
import { jsonLog } from '#io/json-log.ts'
import type { Log } from '#io/log.ts'
import { type Random, systemRandom } from '#io/random.ts'

export interface Outside {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly dns: Dns
}

/** One question to DNS with its second try. */
const dnsTimeoutMs = 2_000

export function realOutside(config: Pick<Config, 'dns' | 'log'>): Outside {
  const { address: server, port } = config.dns ?? {}
  const dns = systemDns({ server, port, timeoutMs: dnsTimeoutMs })
  return { clock: systemClock, random: systemRandom, log: jsonLog(config.log.level), dns }
}
