// How long we wait for a peer, in milliseconds (RFC 5321 4.5.3.2). Each is for one reply, however slowly it drips.

export interface PeerTimeouts {
  readonly greetingMs: number
  /** EHLO, HELO, and the answers of a login. */
  readonly helloMs: number
  readonly startTlsMs: number
  /** The TLS handshake. */
  readonly handshakeMs: number
  readonly mailMs: number
  readonly recipientMs: number
  /** MAIL and all RCPT together: a peer that makes use of each limit would keep a message for days. */
  readonly envelopeMs: number
  readonly dataMs: number
  /** The answer to a chunk that is not the last. */
  readonly chunkMs: number
  /** The answer to the whole message: who waits too short sends it twice (RFC 1047). */
  readonly messageMs: number
  readonly resetMs: number
  /** Nothing depends on it. */
  readonly quitMs: number
}

const minuteMs = 60_000

export const rfcTimeouts: PeerTimeouts = {
  greetingMs: 5 * minuteMs,
  helloMs: 5 * minuteMs,
  startTlsMs: 2 * minuteMs,
  handshakeMs: minuteMs,
  mailMs: 5 * minuteMs,
  recipientMs: 5 * minuteMs,
  envelopeMs: 20 * minuteMs,
  dataMs: 2 * minuteMs,
  chunkMs: 5 * minuteMs,
  messageMs: 10 * minuteMs,
  resetMs: 2 * minuteMs,
  quitMs: 5_000,
}
