// The configuration of `posthouse dev`, made from its options alone: no file, and nothing to check.

import { type DevSend, defaultSend, devSend } from '#send/default-settings.ts'
import type { SendSettings } from '#send/settings.ts'
import type { Config, ReceiveConfig, SendersConfig } from './config.ts'
import {
  defaultAuth,
  defaultImap,
  defaultLanguage,
  defaultLimits,
  defaultPop3,
  defaultReceive,
  defaultSenders,
  defaultThrottles,
  standardListener,
  standardListeners,
} from './defaults.ts'

export interface DevOptions {
  /** The data folder, absolute. */
  readonly data: string
  readonly host: string
  /** Added to the standard ports: 2000 gives 2025 for MX. */
  readonly portOffset: number
  /** In lower case ASCII. The leaf certificate names them too. */
  readonly domains: readonly string[]
  /** Undefined: mail to other hosts is held. */
  readonly outbound?: DevSend
}

/** Whoever tries things does not want to wait. */
const devReceive: ReceiveConfig = {
  ...defaultReceive,
  bannerDelayMs: 0,
  tarpit: { ...defaultReceive.tarpit, firstMs: 0 },
  greylist: { ...defaultReceive.greylist, enabled: false },
}

/** Whoever tries things sends much at once. */
const devSenders: SendersConfig = {
  ...defaultSenders,
  limits: { ...defaultSenders.limits, enabled: false },
  guard: { ...defaultSenders.guard, enabled: false },
}

/** A complete server on one address, with a CA of its own. */
export function devConfig(options: DevOptions): Config {
  const listeners = standardListeners.map(one =>
    standardListener({ ...one, port: one.port + options.portOffset }, options.host),
  )
  const ownHost = ['0.0.0.0', '::'].includes(options.host) ? [] : [options.host]
  const names = new Set(['localhost', '127.0.0.1', '::1', ...ownHost, ...options.domains])
  return {
    data: options.data,
    hostname: 'localhost',
    listeners,
    dns: undefined,
    // A laptop's disk is often nearly full: here only a full one puts mail off.
    limits: { ...defaultLimits, freeBytes: 0 },
    receive: devReceive,
    send: outboundOf(options.outbound ?? { kind: 'held' }),
    senders: devSenders,
    throttles: defaultThrottles,
    auth: defaultAuth,
    imap: defaultImap,
    pop3: defaultPop3,
    language: defaultLanguage,
    tls: { kind: 'own-authority', names: [...names] },
    store: { engine: 'sqlite' },
    log: { level: 'warn' },
  }
}

/** Beside the routes that every configuration has. */
function outboundOf(wanted: DevSend): SendSettings {
  const send = devSend(wanted)
  return { ...send, routes: { ...defaultSend.routes, ...send.routes } }
}
