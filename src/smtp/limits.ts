// What one SMTP session may do. Those of the grammar are in wire/smtp/limits.ts.

export interface SmtpLimits {
  /** Octets of one message, dots unstuffed. */
  readonly messageBytes: number
  /** Of one message: RCPTMAX (RFC 9422). */
  readonly recipients: number
  /** Domains of the recipients taken in one session: RCPTDOMAINMAX. */
  readonly recipientDomains: number
  /** MAIL commands of one session, taken or not: MAILMAX. */
  readonly mailsPerSession: number
  /** How far ahead a message may be held (RFC 4865). */
  readonly longestHoldMs: number
  /** Commands answered with a syntax or sequence error, or a failed login, between two messages taken; the last is followed by 421. */
  readonly badCommands: number
  /** NOOP, RSET, EHLO and the like between two messages taken; the last is followed by 421. */
  readonly emptyCommands: number
  /** 5xx replies between two messages taken that cost nothing; each further one waits. */
  readonly tarpitAfter: number
  /** How long the first of those waits; 0: none does. Each next one twice as long. */
  readonly tarpitFirstMs: number
  readonly tarpitLongestMs: number
  /** On MX, how long a client has to keep silent before our greeting. With 0 it may still not have spoken already. */
  readonly bannerDelayMs: number
  /** RFC 5321 4.5.3.2.7. */
  readonly commandTimeoutMs: number
  /** Between two blocks of a message (RFC 5321 4.5.3.2.5). */
  readonly dataTimeoutMs: number
  /** A whole DATA or BDAT may take this long (RFC 5321 4.5.3.2.6) and longer by a second for each `dataBytesPerSecond` that came: who keeps that pace is slow and honest. */
  readonly dataTotalMs: number
  readonly dataBytesPerSecond: number
  /** A session that is older ends at the next moment outside a transaction; within one, and with no message on its way, after another `dataTotalMs`. */
  readonly connectionMs: number
  /** From a shutdown on, how long a client may let us wait within a transaction. Less than the listener waits before it cuts. */
  readonly drainMs: number
}

export const defaultSmtpLimits: SmtpLimits = {
  messageBytes: 50_000_000,
  recipients: 1_000,
  recipientDomains: 100,
  mailsPerSession: 1_000,
  longestHoldMs: 60 * 24 * 3_600_000,
  badCommands: 10,
  emptyCommands: 100,
  tarpitAfter: 3,
  tarpitFirstMs: 0,
  tarpitLongestMs: 30_000,
  bannerDelayMs: 0,
  commandTimeoutMs: 300_000,
  dataTimeoutMs: 180_000,
  dataTotalMs: 600_000,
  dataBytesPerSecond: 512,
  connectionMs: 3_600_000,
  drainMs: 2_500,
}

/** No line waits longer, whatever the setting: clients must not take us for dead. */
export const mostTarpitMs = 30_000

/** Challenges within one AUTH; no mechanism here has more than two. */
export const authRounds = 5

/** Commands of one client that are carried out before others have a turn. */
export const commandsInARow = 32

/** Octets of replies that gather for a client that has sent its commands ahead: a thousand recipients have fewer. */
export const repliesInARowBytes = 48 * 1024

/** Random octets of a message's id. */
export const messageIdBytes = 8
export const messageIdsAtOnce = 128
