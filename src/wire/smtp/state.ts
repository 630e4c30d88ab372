// The whole SMTP session (RFC 5321 4.1.4, RFC 3030 2 and 3, RFC 2033 4) as one table: state × command → where it leads, or why it may
// not be given. TLS, the login and XCLIENT are no states: they restart the table (STARTTLS, XCLIENT: connected, AUTH: greeted).

import type { Command, Verb } from './command.ts'
import type { RefusalName } from './refusals.ts'

export type State =
  /** Nothing was said yet, or TLS has just begun. */
  | 'connected'
  /** HELO, EHLO or LHLO was taken; no transaction. */
  | 'greeted'
  /** MAIL was taken, no RCPT yet. */
  | 'sender'
  /** Every RCPT so far was refused. */
  | 'no-recipient'
  | 'recipients'
  /** A chunk was taken, more are to come. */
  | 'chunks'
  /** A chunk was refused, and with it the message: those behind it were on their way already (RFC 3030 2). */
  | 'chunks-refused'

/** A command as the table knows it: BDAT is two. */
export type Step = Verb | 'BDAT LAST'

export function stepOf(command: Command): Step {
  return command.verb === 'BDAT' && command.last ? 'BDAT LAST' : command.verb
}

/** Where a command leads when it is taken, and when it is refused. */
export interface Move {
  readonly taken: State
  readonly refused: State
}

type Cell = Move | RefusalName

const to = (taken: State, refused: State): Move => ({ taken, refused })

/** A hello is possible everywhere, and ends what was; refused, it changes nothing (RFC 5321 4.1.4). */
const hello = (state: State) => ({ HELO: to('greeted', state), EHLO: to('greeted', state), LHLO: to('greeted', state) })

/** Changes nothing, taken or refused. */
const courtesy = (state: State) => {
  const stay = to(state, state)
  return { NOOP: stay, HELP: stay, VRFY: stay, EXPN: stay, QUIT: stay, unknown: stay }
}

/** What a transaction forbids. */
const betweenTransactions = {
  AUTH: 'in-transaction',
  STARTTLS: 'in-transaction',
  XCLIENT: 'in-transaction',
  XFORWARD: 'in-transaction',
} as const

// biome-ignore format: a table
const table: Readonly<Record<State, Readonly<Record<Step, Cell>>>> = {
  connected: {
    ...hello('connected'), ...courtesy('connected'),
    MAIL: 'greet-first', RCPT: 'greet-first', DATA: 'greet-first', BDAT: 'greet-first', 'BDAT LAST': 'greet-first',
    RSET: to('connected', 'connected'), AUTH: 'greet-first', STARTTLS: 'greet-first',
    XCLIENT: to('connected', 'connected'), XFORWARD: 'greet-first',
  },
  greeted: {
    ...hello('greeted'), ...courtesy('greeted'),
    MAIL: to('sender', 'greeted'),
    RCPT: 'sender-first', DATA: 'sender-first', BDAT: 'sender-first', 'BDAT LAST': 'sender-first',
    RSET: to('greeted', 'greeted'), AUTH: to('greeted', 'greeted'), STARTTLS: to('connected', 'greeted'),
    XCLIENT: to('connected', 'greeted'), XFORWARD: to('greeted', 'greeted'),
  },
  sender: {
    ...hello('sender'), ...courtesy('sender'), ...betweenTransactions,
    MAIL: 'sender-given', RCPT: to('recipients', 'no-recipient'),
    DATA: 'recipient-first', BDAT: 'recipient-first', 'BDAT LAST': 'recipient-first',
    RSET: to('greeted', 'greeted'),
  },
  'no-recipient': {
    ...hello('no-recipient'), ...courtesy('no-recipient'), ...betweenTransactions,
    MAIL: 'sender-given', RCPT: to('recipients', 'no-recipient'),
    DATA: 'no-valid-recipients', BDAT: 'no-valid-recipients', 'BDAT LAST': 'no-valid-recipients',
    RSET: to('greeted', 'greeted'),
  },
  recipients: {
    ...hello('recipients'), ...courtesy('recipients'), ...betweenTransactions,
    MAIL: 'sender-given', RCPT: to('recipients', 'recipients'), DATA: to('greeted', 'greeted'),
    BDAT: to('chunks', 'chunks-refused'), 'BDAT LAST': to('greeted', 'greeted'),
    RSET: to('greeted', 'greeted'),
  },
  chunks: {
    ...hello('chunks'), ...courtesy('chunks'), ...betweenTransactions,
    MAIL: 'sender-given', RCPT: 'recipient-after-chunks', DATA: 'data-after-chunks',
    BDAT: to('chunks', 'chunks-refused'), 'BDAT LAST': to('greeted', 'greeted'),
    RSET: to('greeted', 'greeted'),
  },
  'chunks-refused': {
    ...hello('chunks-refused'), ...courtesy('chunks-refused'),
    MAIL: 'chunk-after-failure', RCPT: 'chunk-after-failure', DATA: 'chunk-after-failure', BDAT: 'chunk-after-failure',
    'BDAT LAST': 'chunk-after-failure', AUTH: 'chunk-after-failure', STARTTLS: 'chunk-after-failure', XCLIENT: 'chunk-after-failure',
    XFORWARD: 'chunk-after-failure',
    RSET: to('greeted', 'greeted'),
  },
}

/** Where `step` leads from `state`, or the name of the refusal it gets there. */
export function moveOf(state: State, step: Step): Cell {
  return table[state][step]
}

/** Between MAIL and the end of the message, or what ends it early. */
export function isInTransaction(state: State): boolean {
  return state !== 'connected' && state !== 'greeted'
}

export interface CommandFlags {
  /** To all listeners, or only on those for mail programs (submission), for SMTP of either kind, for LMTP. */
  readonly offeredTo: 'all' | 'submission' | 'smtp' | 'lmtp'
  /** On submission: only after AUTH (RFC 6409 4.3). */
  readonly needsLogin: boolean
}

const open: CommandFlags = { offeredTo: 'all', needsLogin: false }

export const flagsOf: Readonly<Record<Step, CommandFlags>> = {
  // RFC 2033 4.1: LMTP has LHLO in their place, so that neither protocol is taken for the other.
  HELO: { offeredTo: 'smtp', needsLogin: false },
  EHLO: { offeredTo: 'smtp', needsLogin: false },
  LHLO: { offeredTo: 'lmtp', needsLogin: false },
  MAIL: { offeredTo: 'all', needsLogin: true },
  RCPT: open,
  DATA: open,
  BDAT: open,
  'BDAT LAST': open,
  RSET: open,
  NOOP: open,
  HELP: open,
  VRFY: open,
  EXPN: open,
  QUIT: open,
  STARTTLS: open,
  // RFC 4954 would allow it on 25; nobody honest needs it there, password guessers do.
  AUTH: { offeredTo: 'submission', needsLogin: false },
  // Whom they are offered to is a question of the peer's address, which the session answers.
  XCLIENT: open,
  XFORWARD: open,
  unknown: open,
}
