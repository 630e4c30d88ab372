// What is so unless the configuration says otherwise.

import { networkInterfaces } from 'node:os'
import { defaultSmtpLimits } from '#smtp/limits.ts'
import { limits as storeLimits } from '#store/limits.ts'
import {
  connectionDefaults,
  greylistDefaults,
  loginDefaults,
  recipientDefaults,
  senderGuardDefaults,
  senderLimitDefaults,
} from '#throttle/limits.ts'
import type {
  AuthConfig,
  ImapConfig,
  LimitsConfig,
  ListenerConfig,
  Pop3Config,
  ReceiveConfig,
  SendersConfig,
  ThrottlesConfig,
} from './config.ts'

export type StandardListener = Pick<ListenerConfig, 'name' | 'protocol' | 'tls'> & { readonly port: number }

/** The standard ports. */
export const standardListeners: readonly StandardListener[] = [
  { name: 'mx', protocol: 'mx', port: 25, tls: 'starttls' },
  { name: 'submissions', protocol: 'submission', port: 465, tls: 'implicit' },
  { name: 'submission', protocol: 'submission', port: 587, tls: 'starttls' },
  { name: 'imap', protocol: 'imap', port: 143, tls: 'starttls' },
  { name: 'imaps', protocol: 'imap', port: 993, tls: 'implicit' },
  { name: 'pop3', protocol: 'pop3', port: 110, tls: 'starttls' },
  { name: 'pop3s', protocol: 'pop3', port: 995, tls: 'implicit' },
]

/** A listener without a proxy or another server in front. */
export function standardListener({ port, ...one }: StandardListener, host: string): ListenerConfig {
  return { ...one, place: { host, port }, proxyFrom: [], xclientFrom: [], xforwardFrom: [] }
}

const dayMs = 24 * 3_600_000

export const defaultLimits: LimitsConfig = {
  messageBytes: defaultSmtpLimits.messageBytes,
  recipients: defaultSmtpLimits.recipients,
  recipientDomains: defaultSmtpLimits.recipientDomains,
  mailsPerSession: defaultSmtpLimits.mailsPerSession,
  connectionLifeMs: defaultSmtpLimits.connectionMs,
  longestHoldMs: defaultSmtpLimits.longestHoldMs,
  quotaGraceMs: 7 * dayMs,
  undeleteMs: storeLimits.keepExpungedMs,
  freeBytes: storeLimits.freeBytes,
}

export const defaultReceive: ReceiveConfig = {
  bareLineEnds: 'refuse',
  bannerDelayMs: 0,
  // A mailing list's server has many addresses that are gone: it is slowed, and still gets through.
  tarpit: { after: 10, firstMs: 1_000, longestMs: 10_000 },
  greylist: { enabled: true, ...greylistDefaults },
  requireReverseName: false,
  blocklists: [],
  refuseContent: [],
  authenticate: true,
  dmarcReject: 'refuse',
}

/** This machine itself, and no more of 127.0.0.0/8: abuse can be tried from 127.0.0.66. */
export const defaultTrustedNetworks: readonly string[] = ['127.0.0.1/32', '::1/128']

export const defaultThrottles: ThrottlesConfig = {
  trustedNetworks: defaultTrustedNetworks,
  connections: connectionDefaults,
  login: loginDefaults,
  recipients: recipientDefaults,
}

export const defaultSenders: SendersConfig = {
  verp: true,
  limits: { enabled: true, ...senderLimitDefaults },
  guard: { enabled: true, ...senderGuardDefaults },
}

export const defaultAuth: AuthConfig = {
  scramSha1: false,
  oauth: undefined,
  clientCertificates: { authorities: [], accounts: {} },
}

export const defaultImap: ImapConfig = { hide: [], messageLimit: undefined, saveLimit: undefined }

export const defaultPop3: Pop3Config = {
  onDelete: 'auto',
  retrieval: 'any',
  marksSeen: false,
  loginDelayMs: 0,
  notices: true,
}

export const defaultLanguage = 'en'

/** All addresses of this machine: `::` takes IPv4 too, but cannot be had where IPv6 is switched off. */
export function anyAddress(): string {
  const all = Object.values(networkInterfaces()).flat()
  return all.some(one => one?.family === 'IPv6') ? '::' : '0.0.0.0'
}
