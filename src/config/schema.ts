// The configuration file's schema: what is allowed, what it defaults to, what to say when it is not so. Each message says what was wanted.
// zod is slow to load, so only load.ts imports this, and only when there is a file to read.

import { z } from 'zod'
import type { Config, TlsConfig } from './config.ts'
import { anyAddress, defaultLimits, defaultThrottles, standardListener, standardListeners } from './defaults.ts'
import { limits } from './limits.ts'
import { auth } from './schema-auth.ts'
import { imap } from './schema-imap.ts'
import { listeners } from './schema-listeners.ts'
import { language, pop3 } from './schema-pop3.ts'
import { receive } from './schema-receive.ts'
import { send } from './schema-send.ts'
import { senders } from './schema-senders.ts'
import {
  address,
  certificateName,
  duration,
  hostname,
  network,
  path,
  settings,
  size,
  strict,
  wholeNumber,
  yesOrNo,
} from './schema-values.ts'

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

const throttles = strict('throttles', {
  trustedNetworks: z
    .array(network, { error: 'wanted a list of networks' })
    .default(() => [...defaultThrottles.trustedNetworks]),
  connections: settings('connections', defaultThrottles.connections).prefault({}),
  login: settings('login', defaultThrottles.login).prefault({}),
  recipients: settings('recipients', defaultThrottles.recipients).prefault({}),
})

const limitSettings = strict('limits', {
  messageBytes: size.default(defaultLimits.messageBytes),
  recipients: wholeNumber(1, limits.recipients).default(defaultLimits.recipients),
  recipientDomains: wholeNumber(1, limits.recipients).default(defaultLimits.recipientDomains),
  mailsPerSession: wholeNumber(1, limits.count).default(defaultLimits.mailsPerSession),
  connectionLifeMs: duration.default(defaultLimits.connectionLifeMs),
  longestHoldMs: duration.default(defaultLimits.longestHoldMs),
  quotaGraceMs: duration.default(defaultLimits.quotaGraceMs),
  undeleteMs: duration.default(defaultLimits.undeleteMs),
  freeBytes: size.default(defaultLimits.freeBytes),
})

/** Of the file as it stands; paths in what comes out are as they were given. */
export const fileSchema = strict('the configuration', {
  data: path.default('data'),
  hostname,
  listeners: listeners.default(() => standardListeners.map(one => standardListener(one, anyAddress()))),
  dns: strict('dns', { address, port: wholeNumber(1, 65_535).default(53), trusted: yesOrNo(false) }).optional(),
  limits: limitSettings.prefault({}),
  receive: receive.prefault({}),
  send: send.prefault({}),
  senders: senders.prefault({}),
  throttles: throttles.prefault({}),
  auth: auth.prefault({}),
  imap: imap.prefault({}),
  pop3: pop3.prefault({}),
  language,
  tls,
  store: strict('store', { engine: z.literal('sqlite', { error: 'wanted "sqlite"' }) }).default({ engine: 'sqlite' }),
  log: strict('log', {
    level: z.enum(['debug', 'info', 'warn', 'error'], { error: 'wanted "debug", "info", "warn" or "error"' }),
  }).default({ level: 'info' }),
}).transform((given): Config => ({ ...given, dns: given.dns }))
