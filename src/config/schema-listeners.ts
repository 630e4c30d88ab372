// The listeners of a configuration file.

import { isIPv4 } from 'node:net'
import { z } from 'zod'
import type { Place } from '#serve/bind.ts'
import type { ListenerConfig } from './config.ts'
import { anyAddress, standardListeners } from './defaults.ts'
import { limits } from './limits.ts'
import { address, listOf, network, strict, wholeNumber } from './schema-values.ts'

const protocols = ['mx', 'submission', 'lmtp', 'imap', 'pop3'] as const
const socketMode = 'wanted the mode of the socket as a text, like "0660"'

const fields = strict('a listener', {
  name: z.string({ error: 'wanted a name' }).min(1, { error: 'wanted a name' }).optional(),
  protocol: z.enum(protocols, { error: 'wanted "mx", "submission", "lmtp", "imap" or "pop3"' }),
  host: address.optional(),
  port: wholeNumber(0, 65_535).optional(),
  path: z
    .string({ error: 'wanted the path of a unix socket' })
    .min(1, { error: 'wanted the path of a unix socket' })
    .max(limits.socketPathCharacters, { error: `wanted a path of at most ${limits.socketPathCharacters} characters` })
    .optional(),
  mode: z
    .string({ error: socketMode })
    .regex(/^0?[0-7]{3}$/, { error: socketMode })
    .optional(),
  tls: z.enum(['implicit', 'starttls', 'none'], { error: 'wanted "implicit", "starttls" or "none"' }).optional(),
  proxyFrom: listOf(network, 'networks'),
  xclientFrom: listOf(network, 'networks'),
  xforwardFrom: listOf(network, 'networks'),
})

type Fields = z.infer<typeof fields>

const listener = fields
  .superRefine((given, context) => {
    const problem = problemOf(given)
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [problem.key], message: problem.message })
  })
  .transform((given): ListenerConfig => {
    const { protocol, proxyFrom, xclientFrom, xforwardFrom } = given
    const usual = standardListeners.find(one => one.protocol === protocol && one.port === given.port)
    const tls = given.tls ?? usual?.tls ?? (protocol === 'lmtp' ? 'none' : 'starttls')
    const name = given.name ?? (tls === 'implicit' ? `${protocol}s` : protocol)
    return { name, protocol, place: placeOf(given), tls, proxyFrom, xclientFrom, xforwardFrom }
  })

interface Problem {
  readonly key: keyof Fields
  readonly message: string
}

/** What does not go together. */
function problemOf(given: Fields): Problem | undefined {
  const { protocol, port, path } = given
  if (path === undefined) {
    if (port === undefined) return { key: 'port', message: 'wanted a port, or the path of a unix socket (lmtp)' }
    if (given.mode !== undefined) return { key: 'mode', message: 'a mode goes with the path of a unix socket' }
  } else {
    if (protocol !== 'lmtp') return { key: 'path', message: 'a unix socket is for lmtp; this protocol wants a port' }
    const other = (['port', 'host'] as const).find(key => given[key] !== undefined)
    if (other !== undefined) return { key: other, message: 'a listener has either a path, or a port and a host' }
    const from = (['proxyFrom', 'xclientFrom', 'xforwardFrom'] as const).find(key => given[key].length > 0)
    if (from !== undefined) return { key: from, message: 'who comes by a unix socket is of no network' }
  }
  // RFC 2033 5
  if (protocol === 'lmtp' && port === 25) return { key: 'port', message: 'LMTP may not be on port 25; 24 is usual' }
  if (protocol !== 'lmtp' && given.tls === 'none')
    return { key: 'tls', message: 'only lmtp does without TLS; wanted "implicit" or "starttls"' }
  const trust = (['xclientFrom', 'xforwardFrom'] as const).find(key => given[key].length > 0)
  if (trust !== undefined && (protocol === 'imap' || protocol === 'pop3'))
    return { key: trust, message: 'this is for mx, submission and lmtp' }
  return undefined
}

/** LMTP asks nobody who he is: it is on this machine alone unless the file says otherwise. */
function placeOf({ protocol, host, port, path, mode }: Fields): Place {
  if (path !== undefined) return { path, mode: Number.parseInt(mode ?? '0660', 8) }
  return { host: host ?? (protocol === 'lmtp' ? '127.0.0.1' : anyAddress()), port: port ?? 0 }
}

export const listeners = z
  .array(listener, { error: 'wanted a list of listeners' })
  .min(1, { error: 'wanted at least one listener' })
  .superRefine((list, context) => {
    for (const [index, one] of list.entries()) {
      // One that has a complaint of its own may be no listener yet, whatever its type says.
      if (one?.place === undefined) continue
      const before = list.slice(0, index).filter(other => other?.place !== undefined)
      if (before.some(other => other.name === one.name)) {
        const message = `two listeners are named "${one.name}": give one of them a name of its own`
        context.addIssue({ code: 'custom', path: [index], message })
      }
      const clash = before.find(other => takesPlaceOf(other.place, one.place))
      if (clash === undefined) continue
      const message = `${printPlace(one.place)} is taken by the listener "${clash.name}"`
      context.addIssue({ code: 'custom', path: [index], message })
    }
  })

function printPlace(place: Place): string {
  return 'path' in place ? place.path : `port ${place.port} of ${place.host}`
}

/** `::` has every IPv4 address too. */
function takesPlaceOf(one: Place, other: Place): boolean {
  if ('path' in one || 'path' in other) return 'path' in one && 'path' in other && one.path === other.path
  if (one.port !== other.port || one.port === 0) return false
  const covers = (a: string, b: string) => a === b || a === '::' || (a === '0.0.0.0' && isIPv4(b))
  return covers(one.host, other.host) || covers(other.host, one.host)
}
