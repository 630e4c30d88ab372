// What a server offers in its answer to EHLO (RFC 5321 4.1.1.1), as a client makes use of it. What is malformed is not offered.

import { peerKeywords } from './limits.ts'

export interface Capabilities {
  /** By HELO alone there are no extensions at all. */
  readonly isExtended: boolean
  /** RFC 2920. */
  readonly pipelining: boolean
  /** RFC 3030. */
  readonly chunking: boolean
  readonly binaryMime: boolean
  /** RFC 6152. */
  readonly eightBitMime: boolean
  /** RFC 6531. */
  readonly smtpUtf8: boolean
  /** RFC 3461. */
  readonly dsn: boolean
  /** RFC 3207. */
  readonly startTls: boolean
  /** RFC 8689. */
  readonly requireTls: boolean
  /** RFC 6710. */
  readonly priority: boolean
  /** RFC 2852: the least time it takes with `R`, in seconds, 0 for any; undefined: not offered. */
  readonly deliverBySeconds: number | undefined
  /** RFC 1870: octets of the largest message; 0: it tells none; undefined: not offered. */
  readonly sizeBytes: number | undefined
  /** Mechanisms (RFC 4954), upper case. */
  readonly auth: ReadonlySet<string>
  /** RFC 9422. */
  readonly limits: PeerLimits
}

export interface PeerLimits {
  /** MAIL commands of one connection. */
  readonly mails: number | undefined
  /** Recipients of one message. */
  readonly recipients: number | undefined
  /** Domains of the recipients of one connection. */
  readonly recipientDomains: number | undefined
}

const noLimits: PeerLimits = { mails: undefined, recipients: undefined, recipientDomains: undefined }

export const noCapabilities: Capabilities = {
  isExtended: false,
  pipelining: false,
  chunking: false,
  binaryMime: false,
  eightBitMime: false,
  smtpUtf8: false,
  dsn: false,
  startTls: false,
  requireTls: false,
  priority: false,
  deliverBySeconds: undefined,
  sizeBytes: undefined,
  auth: new Set(),
  limits: noLimits,
}

/** @param lines of the reply, its greeting first */
export function readCapabilities(lines: readonly string[]): Capabilities {
  const offered = keywordsOf(lines)
  const chunking = offered.has('CHUNKING')
  return {
    isExtended: true,
    pipelining: offered.has('PIPELINING'),
    chunking,
    // RFC 3030 3: it takes chunks.
    binaryMime: chunking && offered.has('BINARYMIME'),
    eightBitMime: offered.has('8BITMIME'),
    smtpUtf8: offered.has('SMTPUTF8'),
    dsn: offered.has('DSN'),
    startTls: offered.has('STARTTLS'),
    requireTls: offered.has('REQUIRETLS'),
    priority: offered.has('MT-PRIORITY'),
    deliverBySeconds: numberIn(offered.get('DELIVERBY')),
    sizeBytes: numberIn(offered.get('SIZE')),
    auth: new Set(offered.get('AUTH')?.toUpperCase().split(/ +/).filter(Boolean)),
    limits: limitsIn(offered.get('LIMITS')),
  }
}

/** Keywords in upper case with what stands behind them. The old `AUTH=LOGIN` of some servers counts as AUTH. */
function keywordsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const offered = new Map<string, string>()
  for (const line of lines.slice(1, 1 + peerKeywords)) {
    const [, keyword = '', words = ''] = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =\t]+(.*))?$/.exec(line.trim()) ?? []
    const name = keyword.toUpperCase()
    const before = name === 'AUTH' ? `${offered.get(name) ?? ''} ` : ''
    if (name !== '') offered.set(name, before + words)
  }
  return offered
}

function numberIn(words: string | undefined): number | undefined {
  if (words === undefined) return undefined
  const [first = ''] = words.split(/[ ,]/)
  return /^\d{1,15}$/.test(first) ? Number(first) : 0
}

/** RFC 9422 4: NAME=value, and what is unknown or malformed is passed over. */
function limitsIn(words: string | undefined): PeerLimits {
  if (words === undefined) return noLimits
  const named = (name: string): number | undefined => {
    const value = new RegExp(`(?:^|\\s)${name}=(\\d{1,9})(?=\\s|$)`, 'i').exec(words)?.[1]
    return value === undefined || Number(value) === 0 ? undefined : Number(value)
  }
  return { mails: named('MAILMAX'), recipients: named('RCPTMAX'), recipientDomains: named('RCPTDOMAINMAX') }
}
