// How mail leaves unless the configuration says otherwise, and in development.

import type { DirectRoute, PaceSettings, RouteSettings, Schedule, SendSettings, SmarthostRoute } from './settings.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

export const defaultSchedule: Schedule = {
  retryMs: [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 4 * hourMs],
  jitter: 0.1,
  tellDelayMs: 4 * hourMs,
  giveUpMs: 5 * 24 * hourMs,
}

/** Where a route names no pool. */
export const defaultPool = 'default'

/** To the hosts that the recipients' domains name; it is there unless another has its name. */
export const defaultRoute = 'direct'

export const directRoute: DirectRoute = {
  kind: 'direct',
  port: 25,
  sources: defaultPool,
  schedule: defaultSchedule,
  fallback: undefined,
}

export const smarthostRoute: Omit<SmarthostRoute, 'hosts' | 'tls'> = {
  kind: 'smarthost',
  credentials: undefined,
  sources: defaultPool,
  schedule: defaultSchedule,
}

/** Of whoever has no entry. */
export const otherPace: PaceSettings = {
  connections: 20,
  messagesPerMinute: undefined,
  messagesPerConnection: 100,
  recipients: 50,
}

export const defaultPace: Readonly<Record<string, PaceSettings>> = {
  other: otherPace,
  // Ours: it knows us, and decides itself how fast mail goes on.
  smarthost: { ...otherPace, messagesPerConnection: 1_000, recipients: 100 },
  // What they publish, or cautiously below what they are known to take from one address.
  google: { ...otherPace, recipients: 100 },
  microsoft: { ...otherPace, recipients: 100 },
  yahoo: { ...otherPace, connections: 10, messagesPerConnection: 20 },
  apple: { ...otherPace, connections: 10 },
}

export const defaultSend: SendSettings = {
  routes: { [defaultRoute]: directRoute },
  rules: [],
  route: defaultRoute,
  sources: {},
  pace: defaultPace,
  warmUpPerDay: [50, 100, 200, 400, 800, 1_500, 3_000, 6_000, 12_000, 25_000, 50_000, 100_000],
  tls: [],
  tlsReports: { enabled: true, organization: undefined, contact: undefined },
  connections: 1_000,
  connectMs: 30_000,
  busyConnectMs: 5_000,
  idleMs: 5_000,
}

export type DevSend =
  | { readonly kind: 'held' }
  | { readonly kind: 'direct' }
  | { readonly kind: 'smarthost'; readonly host: string; readonly port: number }

/** Of `posthouse dev`, which lets no mail out unless it is told to. */
export function devSend(wanted: DevSend): SendSettings {
  if (wanted.kind === 'direct') return defaultSend
  return { ...defaultSend, route: wanted.kind, routes: { [wanted.kind]: devRoute(wanted) } }
}

function devRoute(wanted: Exclude<DevSend, { readonly kind: 'direct' }>): RouteSettings {
  if (wanted.kind === 'held') return { kind: 'held', reason: 'posthouse dev lets no mail out' }
  const { host, port } = wanted
  // Whatever stands on somebody's own machine to catch mail seldom has a certificate.
  return { ...smarthostRoute, hosts: [{ host, port }], tls: 'opportunistic' }
}
