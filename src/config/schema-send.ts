// How mail leaves for other hosts, in a configuration file.

import { isIP } from 'node:net'
import { z } from 'zod'
import { parseAddress } from '#mail/address.ts'
import { mailProviders } from '#mail/mail-provider.ts'
import {
  defaultPace,
  defaultPool,
  defaultRoute,
  defaultSchedule,
  defaultSend,
  directRoute,
  otherPace,
} from '#send/default-settings.ts'
import { limits as sendLimits } from '#send/limits.ts'
import type { RouteSettings, SendSettings } from '#send/settings.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { limits } from './limits.ts'
import { address, duration, hostname, listOf, path, strict, wholeNumber, yesOrNo } from './schema-values.ts'

const wantedName = 'wanted a name of lower case letters, digits and "-", and not "local"'
const name = z
  .string({ error: wantedName })
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, { error: wantedName })
  .refine(given => given !== 'local', { error: wantedName })

/** A record whose key is no such name says that. */
function byName(wanted: string) {
  return (issue: { readonly code?: string }) => (issue.code === 'invalid_key' ? wantedName : wanted)
}

const wantedDomain = 'wanted a domain, like "example.org", or "*.example.org" for all below it'
const domain = z.string({ error: wantedDomain }).transform((given, context) => {
  const wildcard = given.startsWith('*.') ? '*.' : ''
  const ascii = given === '*' ? '' : toAsciiDomain(given.slice(wildcard.length))
  if (ascii !== undefined) return given === '*' ? '*' : wildcard + ascii
  context.issues.push({ code: 'custom', message: wantedDomain, input: given })
  return z.NEVER
})
const domains = z
  .array(domain, { error: 'wanted a list of domains' })
  .min(1, { error: 'wanted one domain at least' })
  .max(sendLimits.ruleDomains, { error: `wanted at most ${sendLimits.ruleDomains} domains` })

const wantedWaits = 'wanted the waiting times after each try, like ["1 min", "5 min", "1 h"]'
const schedule = strict('schedule', {
  retryMs: z
    .array(duration, { error: wantedWaits })
    .min(1, { error: wantedWaits })
    .max(sendLimits.retries, { error: `wanted at most ${sendLimits.retries} waiting times` })
    .refine(given => given.every(ms => ms >= sendLimits.shortestRetryMs), {
      error: 'wanted waiting times of a second at least',
    })
    .optional(),
  jitter: z
    .number({ error: 'wanted a part, like 0.1' })
    .min(0, { error: 'wanted 0 to 1' })
    .max(1, { error: 'wanted 0 to 1' })
    .optional(),
  tellDelayMs: duration.optional(),
  giveUpMs: duration.optional(),
})

const wantedHost = 'wanted the name or the IP address of a host, like "smtp.example.org"'
const wantedKind = 'wanted "direct", "smarthost" or "held"'
const route = strict('a route', {
  kind: z.enum(['direct', 'smarthost', 'held'], { error: wantedKind }),
  port: wholeNumber(1, 65_535).optional(),
  fallback: name.optional(),
  hosts: z
    .array(
      strict('a host', {
        host: z.union([hostname, address], { error: wantedHost }),
        port: wholeNumber(1, 65_535).optional(),
      }),
      {
        error: 'wanted a list of { host, port }',
      },
    )
    .min(1, { error: 'wanted one { host, port } at least' })
    .max(sendLimits.hostsTried, { error: `wanted at most ${sendLimits.hostsTried} hosts` })
    .optional(),
  tls: z
    .enum(['implicit', 'starttls', 'encrypted', 'opportunistic', 'none'], {
      error: 'wanted "implicit", "starttls", "encrypted", "opportunistic" or "none"',
    })
    .optional(),
  credentials: strict('credentials', {
    user: z.string({ error: 'wanted the name to log in with' }).min(1, { error: 'wanted the name to log in with' }),
    passwordFile: path,
  }).optional(),
  reason: z
    .string({ error: 'wanted a text that whoever looks at the queue reads' })
    .max(limits.ruleCharacters)
    .optional(),
  sources: name.optional(),
  schedule: schedule.optional(),
})

type GivenRoute = z.infer<typeof route>
type GivenSchedule = z.infer<typeof schedule>

/** Which keys a route of each kind may have besides `kind`. */
const keysOf: Readonly<Record<GivenRoute['kind'], readonly string[]>> = {
  direct: ['port', 'fallback', 'sources', 'schedule'],
  smarthost: ['hosts', 'tls', 'credentials', 'sources', 'schedule'],
  held: ['reason'],
}

const checkedRoute = route.superRefine((given, context) => {
  const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
  for (const key of Object.keys(given))
    if (key !== 'kind' && !keysOf[given.kind].includes(key))
      say(key, `no such key; a route that is ${given.kind} has ${keysOf[given.kind].join(', ')}`)
  if (given.kind === 'smarthost' && given.hosts === undefined) say('hosts', 'wanted one { host, port } at least')
  if (given.credentials !== undefined && !isEncrypted(given))
    say('tls', 'wanted "implicit", "starttls" or "encrypted": a password is not sent in the clear')
})

function isEncrypted({ tls = 'starttls', hosts = [] }: GivenRoute): boolean {
  const isHere = hosts.every(({ host }) => /^127\.|^::1$/.test(host) && isIP(host) !== 0)
  return isHere || (tls !== 'none' && tls !== 'opportunistic')
}

const source = strict('a source', {
  ipv4: address.refine(given => isIP(given) === 4, { error: 'wanted an IPv4 address' }).optional(),
  ipv6: address.refine(given => isIP(given) === 6, { error: 'wanted an IPv6 address' }).optional(),
  helloName: hostname.optional(),
  warmUp: yesOrNo(false),
})
  .refine(given => given.ipv4 !== undefined || given.ipv6 !== undefined || !given.warmUp, {
    path: ['warmUp'],
    error: 'wanted ipv4 or ipv6 beside it: it is an address that is warmed up',
  })
  .transform(({ ipv4, ipv6, helloName, warmUp }) => ({ ipv4, ipv6, helloName, warmUp }))

const pace = (standard: typeof otherPace) =>
  strict('a pace', {
    connections: wholeNumber(1, sendLimits.connections).default(standard.connections),
    messagesPerMinute: wholeNumber(1, limits.count).optional(),
    messagesPerConnection: wholeNumber(1, limits.count).default(standard.messagesPerConnection),
    recipients: wholeNumber(1, sendLimits.recipients).default(standard.recipients),
  }).transform(given => ({ ...given, messagesPerMinute: given.messagesPerMinute ?? standard.messagesPerMinute }))

const paceNames: readonly string[] = [...new Set([...mailProviders, ...Object.keys(defaultPace), 'smarthost', 'other'])]

/** Whoever is no large provider has the name of its hosts' domain, or its address. */
function isPaceName(provider: string): boolean {
  return paceNames.includes(provider) || /[.:]/.test(provider)
}

const wantedPaces = 'wanted paces by the name of a provider, like { google: { connections: 10 } }'
const paces = z
  .record(z.string().min(1, { error: wantedPaces }), z.unknown(), { error: wantedPaces })
  .transform((given, context) => {
    const all: Record<string, typeof otherPace> = { ...defaultPace }
    for (const [provider, one] of Object.entries(given)) {
      if (!isPaceName(provider)) {
        const message = `no such provider; there are ${paceNames.join(', ')}, and domains of mail hosts, like example.org`
        context.issues.push({ code: 'custom', message, input: one, path: [provider] })
        continue
      }
      const read = pace(defaultPace[provider] ?? otherPace).safeParse(one)
      if (read.success) all[provider] = read.data
      else
        for (const issue of read.error.issues)
          context.issues.push({ code: 'custom', message: issue.message, input: one, path: [provider, ...issue.path] })
    }
    return all
  })

const tlsRule = strict('a rule of TLS', {
  domains,
  minimum: z
    .enum(['none', 'opportunistic', 'encrypted', 'verified'], {
      error: 'wanted "none", "opportunistic", "encrypted" or "verified"',
    })
    .default('opportunistic'),
  minimumVersion: z
    .enum(['TLSv1', 'TLSv1.2', 'TLSv1.3'], { error: 'wanted "TLSv1", "TLSv1.2" or "TLSv1.3"' })
    .default('TLSv1.2'),
})

const wantedContact = 'wanted a mail address, like "postmaster@example.org"'
const tlsReports = strict('tlsReports', {
  enabled: yesOrNo(true),
  organization: z
    .string({ error: 'wanted a name' })
    .min(1, { error: 'wanted a name' })
    .max(limits.ruleCharacters)
    .optional(),
  contact: z
    .string({ error: wantedContact })
    .refine(given => parseAddress(given) !== undefined && !/[^\x21-\x7e]/.test(given), { error: wantedContact })
    .optional(),
}).transform(({ enabled, organization, contact }) => ({ enabled, organization, contact }))

const rule = strict('a rule', {
  senderDomains: domains.optional(),
  recipientDomains: domains.optional(),
  afterTries: wholeNumber(1, limits.count).optional(),
  route: name,
}).transform(({ senderDomains, recipientDomains, afterTries, route }) => ({
  senderDomains,
  recipientDomains,
  afterTries,
  route,
}))

const few = (most: number, what: string) => ({
  test: (given: object) => Object.keys(given).length <= most,
  error: `wanted at most ${most} ${what}`,
})
const fewRoutes = few(sendLimits.routes, 'routes')
const fewPools = few(sendLimits.pools, 'pools')
const pool = z
  .array(source, { error: 'wanted a list of { ipv4, ipv6, helloName }' })
  .min(1, { error: 'wanted one { ipv4, ipv6, helloName } at least' })
  .max(sendLimits.sources, { error: `wanted at most ${sendLimits.sources} sources` })

const fields = strict('send', {
  routes: z
    .record(name, checkedRoute, { error: byName('wanted routes by name') })
    .refine(fewRoutes.test, { error: fewRoutes.error })
    .default({}),
  rules: listOf(rule, 'rules').refine(given => given.length <= sendLimits.rules, {
    error: `wanted at most ${sendLimits.rules} rules`,
  }),
  route: name.default(defaultRoute),
  sources: z
    .record(name, pool, { error: byName('wanted pools of sources by name') })
    .refine(fewPools.test, { error: fewPools.error })
    .default({}),
  schedule: schedule.default({}),
  pace: paces.prefault({}),
  warmUpPerDay: z
    .array(wholeNumber(1, limits.count), { error: 'wanted a list of numbers of messages' })
    .max(sendLimits.warmUpDays, { error: `wanted at most ${sendLimits.warmUpDays} days` })
    .default(() => [...defaultSend.warmUpPerDay]),
  tls: listOf(tlsRule, '{ domains, minimum }').refine(given => given.length <= sendLimits.rules, {
    error: `wanted at most ${sendLimits.rules} rules`,
  }),
  tlsReports: tlsReports.prefault({}),
  connections: wholeNumber(1, sendLimits.connections).default(defaultSend.connections),
  connectMs: duration.default(defaultSend.connectMs),
  busyConnectMs: duration.default(defaultSend.busyConnectMs),
  idleMs: duration.default(defaultSend.idleMs),
})

export const send = fields
  .transform(({ schedule: common, ...given }): SendSettings => {
    const routes = Object.entries(given.routes).map(([name, one]) => [name, routeOf(one, common)] as const)
    const standard = { ...directRoute, schedule: scheduleOf({}, common) }
    return { ...given, routes: { [defaultRoute]: standard, ...Object.fromEntries(routes) } }
  })
  .superRefine((given, context) => {
    for (const { path, message } of misnamed(given)) context.addIssue({ code: 'custom', path: [...path], message })
  })

function routeOf(given: GivenRoute, common: GivenSchedule): RouteSettings {
  const sources = given.sources ?? defaultPool
  const schedule = scheduleOf(given.schedule ?? {}, common)
  if (given.kind === 'held') return { kind: 'held', reason: given.reason ?? 'the configuration holds it' }
  if (given.kind === 'direct')
    return { kind: 'direct', port: given.port ?? directRoute.port, sources, schedule, fallback: given.fallback }
  const { credentials } = given
  const tls = given.tls ?? (credentials === undefined ? 'opportunistic' : 'starttls')
  const port = tls === 'implicit' ? 465 : credentials === undefined ? 25 : 587
  return {
    kind: 'smarthost',
    hosts: (given.hosts ?? []).map(one => ({ host: hostOf(one.host), port: one.port ?? port })),
    tls,
    credentials: credentials && { user: credentials.user, passwordPath: credentials.passwordFile },
    sources,
    schedule,
  }
}

function hostOf(given: string): string {
  return isIP(given) === 0 ? (toAsciiDomain(given) ?? given) : given
}

function scheduleOf(own: GivenSchedule, common: GivenSchedule): typeof defaultSchedule {
  return {
    retryMs: own.retryMs ?? common.retryMs ?? defaultSchedule.retryMs,
    jitter: own.jitter ?? common.jitter ?? defaultSchedule.jitter,
    tellDelayMs: own.tellDelayMs ?? common.tellDelayMs ?? defaultSchedule.tellDelayMs,
    giveUpMs: own.giveUpMs ?? common.giveUpMs ?? defaultSchedule.giveUpMs,
  }
}

interface Misnamed {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Names of routes and pools that are not there. */
function misnamed({ route, routes, rules, sources }: SendSettings): Misnamed[] {
  const found: Misnamed[] = []
  const known = Object.keys(routes).join(', ')
  const has = (wanted: string) => Object.hasOwn(routes, wanted)
  const message = `no such route; there are ${known}`
  if (!has(route)) found.push({ path: ['route'], message })
  for (const [at, one] of rules.entries()) if (!has(one.route)) found.push({ path: ['rules', at, 'route'], message })
  for (const [name, one] of Object.entries(routes)) {
    if (one.kind === 'held') continue
    if (one.sources !== defaultPool && !Object.hasOwn(sources, one.sources))
      found.push({ path: ['routes', name, 'sources'], message: 'no such pool of sources' })
    if (one.kind !== 'direct' || one.fallback === undefined) continue
    const path = ['routes', name, 'fallback']
    if (!has(one.fallback)) found.push({ path, message })
    else if (routes[one.fallback]?.kind === 'direct')
      found.push({ path, message: 'wanted a smarthost: what is direct is blocked too' })
  }
  return found
}
