// The configuration file's schema: what is allowed, what it defaults to, what to say when it is not so. Each message says what was wanted.
// zod is slow to load, so only load.ts imports this, and only when there is a file to read.

import { isIP, isIPv4 } from 'node:net'
import { z } from 'zod'
import { toAsciiDomain } from '#text/idna.ts'
import type { Config, ListenerConfig, TlsConfig } from './config.ts'
import { anyAddress, defaultLimits, defaultThrottles, standardListeners } from './defaults.ts'
import { limits } from './limits.ts'
import { nearest } from './nearest.ts'
import { parseDuration, parseSize } from './units.ts'

/** An object of these keys and no others. */
function strict<S extends z.core.$ZodLooseShape>(what: string, shape: S) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return `wanted ${what} with the keys ${known.join(', ')}`
      const unknown = String(issue.keys[0])
      const meant = nearest(unknown, known)
      return meant === undefined
        ? `no such key; ${what} has ${known.join(', ')}`
        : `no such key; did you mean ${meant}?`
    },
  })
}

function wholeNumber(from: number, to: number) {
  const error = `wanted a whole number from ${from} to ${to}`
  return z.int({ error }).min(from, { error }).max(to, { error })
}

/** A number, or a text that `parse` makes one of. */
function quantity(parse: (text: string | number) => number | undefined, wanted: string) {
  return z.union([z.string(), z.number()], { error: wanted }).transform((given, context) => {
    const value = parse(given)
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: wanted, input: given })
    return z.NEVER
  })
}

const size = quantity(parseSize, 'wanted a size: a number of bytes, or a text like "50 MB"')
const duration = quantity(parseDuration, 'wanted a time: a number of milliseconds, or a text like "15 min"')
const path = z.string({ error: 'wanted the path of a file' }).min(1, { error: 'wanted the path of a file' })
const address = z
  .string({ error: 'wanted an IP address' })
  .refine(text => isIP(text) !== 0, { error: 'wanted an IP address, like "127.0.0.1" or "::1"' })
const network = z
  .string({ error: 'wanted a network' })
  .refine(isNetwork, { error: 'wanted a network, like "10.0.0.0/8" or "::1/128"' })
const hostname = z
  .string({ error: 'wanted the name of this host, like "mail.example.com"' })
  .refine(name => toAsciiDomain(name) !== undefined && isIP(name) === 0, {
    error: 'wanted a host name, like "mail.example.com"',
  })
const certificateName = z
  .string({ error: 'wanted host names and addresses' })
  .refine(name => toAsciiDomain(name) !== undefined || isIP(name) !== 0, {
    error: 'wanted a host name or an IP address',
  })

const listener = strict('a listener', {
  name: z.string({ error: 'wanted a name' }).min(1, { error: 'wanted a name' }).optional(),
  protocol: z.enum(['mx', 'submission', 'imap', 'pop3'], { error: 'wanted "mx", "submission", "imap" or "pop3"' }),
  host: address.optional(),
  port: wholeNumber(0, 65_535),
  tls: z.enum(['implicit', 'starttls'], { error: 'wanted "implicit" or "starttls"' }).optional(),
}).transform((given): ListenerConfig => {
  const { protocol, port } = given
  const usual = standardListeners.find(one => one.protocol === protocol && one.port === port)
  const tls = given.tls ?? usual?.tls ?? 'starttls'
  const name = given.name ?? (tls === 'implicit' ? `${protocol}s` : protocol)
  return { name, protocol, host: given.host ?? anyAddress(), port, tls }
})

const listeners = z
  .array(listener, { error: 'wanted a list of listeners' })
  .min(1, { error: 'wanted at least one listener' })
  .superRefine((list, context) => {
    for (const [index, one] of list.entries()) {
      const before = list.slice(0, index)
      if (before.some(other => other.name === one.name)) {
        const message = `two listeners are named "${one.name}": give one of them a name of its own`
        context.addIssue({ code: 'custom', path: [index], message })
      }
      const clash = before.find(other => takesPortOf(other, one))
      if (clash === undefined) continue
      const message = `port ${one.port} of ${one.host} is taken by the listener "${clash.name}"`
      context.addIssue({ code: 'custom', path: [index], message })
    }
  })

/** `::` has every IPv4 address too. */
function takesPortOf(one: ListenerConfig, other: ListenerConfig): boolean {
  if (one.port !== other.port || one.port === 0) return false
  const covers = (a: string, b: string) => a === b || a === '::' || (a === '0.0.0.0' && isIPv4(b))
  return covers(one.host, other.host) || covers(other.host, one.host)
}

const certificates = z
  .array(
    strict('a certificate', { certificate: path, key: path }).transform(given => ({
      certPath: given.certificate,
      keyPath: given.key,
    })),
    { error: 'wanted a list of { certificate, key }' },
  )
  .min(1, { error: 'wanted at least one { certificate, key }' })

const tlsWanted = 'wanted either certificates: [{ certificate, key }] or ownAuthority: [names]'
const tls = strict('tls', {
  certificates: certificates.optional(),
  ownAuthority: z.array(certificateName, { error: 'wanted a list of names' }).optional(),
}).transform((given, context): TlsConfig => {
  if (given.certificates !== undefined && given.ownAuthority === undefined)
    return { kind: 'files', certificates: given.certificates }
  if (given.ownAuthority !== undefined && given.certificates === undefined)
    return { kind: 'own-authority', names: given.ownAuthority }
  context.issues.push({ code: 'custom', message: tlsWanted, input: given })
  return z.NEVER
})

/** Settings of a throttle: times where the name ends in Ms, else whole numbers. */
function settings<T extends { readonly [name: string]: number }>(what: string, defaults: T) {
  const fields = Object.entries(defaults).map(([name, value]) => {
    const field = name.endsWith('Ms') ? duration : wholeNumber(1, limits.count)
    return [name, field.default(value)] as const
  })
  // The same names as in `defaults`, each a number: Object.entries and fromEntries forget that.
  return strict(what, Object.fromEntries(fields)).transform(given => given as { readonly [K in keyof T]: number })
}

const throttles = strict('throttles', {
  trustedNetworks: z
    .array(network, { error: 'wanted a list of networks' })
    .default(() => [...defaultThrottles.trustedNetworks]),
  connections: settings('connections', defaultThrottles.connections).prefault({}),
  login: settings('login', defaultThrottles.login).prefault({}),
})

/** Of the file as it stands; paths in what comes out are as they were given. */
export const fileSchema = strict('the configuration', {
  data: path.default('data'),
  hostname,
  listeners: listeners.default(() => standardListeners.map(one => ({ ...one, host: anyAddress() }))),
  dns: strict('dns', { address, port: wholeNumber(1, 65_535).default(53) }).optional(),
  limits: strict('limits', {
    messageBytes: size.default(defaultLimits.messageBytes),
    recipients: wholeNumber(1, limits.recipients).default(defaultLimits.recipients),
    freeBytes: size.default(defaultLimits.freeBytes),
  }).prefault({}),
  throttles: throttles.prefault({}),
  tls,
  store: strict('store', { engine: z.literal('sqlite', { error: 'wanted "sqlite"' }) }).default({ engine: 'sqlite' }),
  log: strict('log', {
    level: z.enum(['debug', 'info', 'warn', 'error'], { error: 'wanted "debug", "info", "warn" or "error"' }),
  }).default({ level: 'info' }),
}).transform((given): Config => ({ ...given, dns: given.dns }))

function isNetwork(text: string): boolean {
  const [host = '', bits = '', ...more] = text.split('/')
  if (isIP(host) === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return Number(bits) <= (isIPv4(host) ? 32 : 128)
}
