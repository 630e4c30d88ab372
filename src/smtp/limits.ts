// What one SMTP session may do. Those of the grammar are in wire/smtp/limits.ts.

export interface SmtpLimits {
  /** Octets of one message, dots unstuffed. */
  readonly messageBytes: number
  /** Of one message. */
  readonly recipients: number
  /** Commands answered with a syntax or sequence error, or a failed login, between two messages taken; the last is followed by 421. */
  readonly badCommands: number
  /** RFC 5321 4.5.3.2.7. */
  readonly commandTimeoutMs: number
  /** Between two blocks of a message (RFC 5321 4.5.3.2.5). */
  readonly dataTimeoutMs: number
}

export const defaultSmtpLimits: SmtpLimits = {
  messageBytes: 50_000_000,
  recipients: 1_000,
  badCommands: 10,
  commandTimeoutMs: 300_000,
  dataTimeoutMs: 180_000,
}

/** Challenges within one AUTH; no mechanism here has more than two. */
export const authRounds = 5

/** Random octets of a message's id. */
export const messageIdBytes = 8
export const messageIdsAtOnce = 128
