// The doors to the outside, replaced together in tests. Files and sockets are the machine's own.

import type { Config } from '#config/config.ts'
import { type Clock, systemClock } from '#io/clock.ts'
import type { Dialer } from '#io/dialer.ts'
import type { Dns } from '#io/dns.ts'
import type { Http } from '#io/http.ts'
import { jsonLog } from '#io/json-log.ts'
import { withLocalNames } from '#io/local-names.ts'
import type { Log } from '#io/log.ts'
import { type Random, systemRandom } from '#io/random.ts'
import { socketDialer } from '#io/socket-dialer.ts'
import { systemDns } from '#io/system-dns.ts'
import { systemHttp } from '#io/system-http.ts'

export interface Outside {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly dns: Dns
  readonly dialer: Dialer
  readonly http: Http
}

/** One question to DNS with its second try. */
const dnsTimeoutMs = 2_000

export function realOutside(config: Pick<Config, 'dns' | 'log'>): Outside {
  const { address: server, port, trusted: isTrusted } = config.dns ?? {}
  const dns = withLocalNames(systemDns({ server, port, isTrusted, timeoutMs: dnsTimeoutMs }))
  const log = jsonLog(config.log.level)
  const [dialer, http] = [socketDialer(), systemHttp({ dns })]
  return { clock: systemClock, random: systemRandom, log, dns, dialer, http }
}
