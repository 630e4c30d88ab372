// The limits of a POP3 session.

import { limits as storeLimits } from '#store/limits.ts'

/** RFC 1939 3: at least 10 minutes. */
export const idleTimeoutMs = 600_000
/** A session whose peer has vanished holds the maildrop's lock: so long may a connection be silent before the system asks whether anybody is there. */
export const keepAliveMs = 60_000
/** Lines that are no command, or not one for this state: then the session ends. */
export const badCommands = 10
/** Logins with wrong credentials: then the session ends. */
export const wrongLogins = 5
/** Accounts whose last login is remembered for LOGIN-DELAY. */
export const delayedAccounts = 100_000
/** Replies gather up to here before the client must have taken some. */
export const queuedReplyOctets = 65_536
/** Messages up to this size are read whole and ahead; larger ones are sent piece by piece. */
export const wholeMessageOctets = storeLimits.inlineBytes
export const pieceOctets = 131_072
/** What is read ahead for a client that takes one message after the other. */
export const readAheadOctets = 262_144
export const readAheadMessages = 64
/** Messages whose headers a login looks at, those in memory at one time, and those whose sizes are kept by one write. */
export const lookedAtAtOnce = 16
export const lookedAtPerWrite = 1_024
