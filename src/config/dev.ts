// The configuration of `posthouse dev`, made from its options alone: no file, and nothing to check.

import type { Config } from './config.ts'
import { defaultLimits, defaultThrottles, standardListeners } from './defaults.ts'

export interface DevOptions {
  /** The data folder, absolute. */
  readonly data: string
  readonly host: string
  /** Added to the standard ports: 2000 gives 2025 for MX. */
  readonly portOffset: number
  /** In lower case ASCII. The leaf certificate names them too. */
  readonly domains: readonly string[]
}

/** A complete server on one address, with a CA of its own. */
export function devConfig(options: DevOptions): Config {
  const listeners = standardListeners.map(one => ({ ...one, host: options.host, port: one.port + options.portOffset }))
  const ownHost = ['0.0.0.0', '::'].includes(options.host) ? [] : [options.host]
  const names = new Set(['localhost', '127.0.0.1', '::1', ...ownHost, ...options.domains])
  return {
    data: options.data,
    hostname: 'localhost',
    listeners,
    dns: undefined,
    // A laptop's disk is often nearly full: here only a full one puts mail off.
    limits: { ...defaultLimits, freeBytes: 0 },
    throttles: defaultThrottles,
    tls: { kind: 'own-authority', names: [...names] },
    store: { engine: 'sqlite' },
    log: { level: 'warn' },
  }
}
