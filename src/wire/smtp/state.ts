// The whole SMTP session (RFC 5321 4.1.4) as one table: state × command → where it leads, or why it may not be given.
// TLS and the login are no states: they restart the table (STARTTLS: connected, AUTH: greeted) and change what EHLO offers.

import type { Verb } from './command.ts'
import type { RefusalName } from './refusals.ts'

export type State =
  /** Nothing was said yet, or TLS has just begun. */
  | 'connected'
  /** HELO or EHLO was taken; no transaction. */
  | 'greeted'
  /** MAIL was taken, no RCPT yet. */
  | 'sender'
  /** Every RCPT so far was refused. */
  | 'no-recipient'
  | 'recipients'

/** Where a command leads when it is taken, and when it is refused. */
export interface Move {
  readonly taken: State
  readonly refused: State
}

type Cell = Move | RefusalName

const to = (taken: State, refused: State): Move => ({ taken, refused })
const stay: Readonly<Record<State, Move>> = {
  connected: to('connected', 'connected'),
  greeted: to('greeted', 'greeted'),
  sender: to('sender', 'sender'),
  'no-recipient': to('no-recipient', 'no-recipient'),
  recipients: to('recipients', 'recipients'),
}

// biome-ignore format: a table
const table: Readonly<Record<State, Readonly<Record<Verb, Cell>>>> = {
  connected: {
    HELO: to('greeted', 'connected'), EHLO: to('greeted', 'connected'),
    MAIL: 'greet-first', RCPT: 'greet-first', DATA: 'greet-first', AUTH: 'greet-first', STARTTLS: 'greet-first',
    RSET: stay.connected, NOOP: stay.connected, HELP: stay.connected, VRFY: stay.connected, EXPN: stay.connected,
    QUIT: stay.connected, unknown: stay.connected,
  },
  greeted: {
    HELO: to('greeted', 'greeted'), EHLO: to('greeted', 'greeted'),
    MAIL: to('sender', 'greeted'), RCPT: 'sender-first', DATA: 'sender-first',
    AUTH: stay.greeted, STARTTLS: to('connected', 'greeted'),
    RSET: stay.greeted, NOOP: stay.greeted, HELP: stay.greeted, VRFY: stay.greeted, EXPN: stay.greeted,
    QUIT: stay.greeted, unknown: stay.greeted,
  },
  sender: {
    HELO: to('greeted', 'sender'), EHLO: to('greeted', 'sender'),
    MAIL: 'sender-given', RCPT: to('recipients', 'no-recipient'), DATA: 'recipient-first',
    AUTH: 'in-transaction', STARTTLS: 'in-transaction',
    RSET: to('greeted', 'greeted'), NOOP: stay.sender, HELP: stay.sender, VRFY: stay.sender, EXPN: stay.sender,
    QUIT: stay.sender, unknown: stay.sender,
  },
  'no-recipient': {
    HELO: to('greeted', 'no-recipient'), EHLO: to('greeted', 'no-recipient'),
    MAIL: 'sender-given', RCPT: to('recipients', 'no-recipient'), DATA: 'no-valid-recipients',
    AUTH: 'in-transaction', STARTTLS: 'in-transaction',
    RSET: to('greeted', 'greeted'), NOOP: stay['no-recipient'], HELP: stay['no-recipient'], VRFY: stay['no-recipient'],
    EXPN: stay['no-recipient'], QUIT: stay['no-recipient'], unknown: stay['no-recipient'],
  },
  recipients: {
    HELO: to('greeted', 'recipients'), EHLO: to('greeted', 'recipients'),
    MAIL: 'sender-given', RCPT: to('recipients', 'recipients'), DATA: to('greeted', 'greeted'),
    AUTH: 'in-transaction', STARTTLS: 'in-transaction',
    RSET: to('greeted', 'greeted'), NOOP: stay.recipients, HELP: stay.recipients, VRFY: stay.recipients,
    EXPN: stay.recipients, QUIT: stay.recipients, unknown: stay.recipients,
  },
}

/** Where `verb` leads from `state`, or the name of the refusal it gets there. */
export function moveOf(state: State, verb: Verb): Cell {
  return table[state][verb]
}

/** Between MAIL and the end of the data, or what ends it early. */
export function isInTransaction(state: State): boolean {
  return state !== 'connected' && state !== 'greeted'
}

export interface CommandFlags {
  /** To all, or only on a listener for mail programs (submission). */
  readonly offeredTo: 'all' | 'submission'
  /** On submission: only after AUTH (RFC 6409 4.3). */
  readonly needsLogin: boolean
}

const open: CommandFlags = { offeredTo: 'all', needsLogin: false }

export const flagsOf: Readonly<Record<Verb, CommandFlags>> = {
  HELO: open,
  EHLO: open,
  MAIL: { offeredTo: 'all', needsLogin: true },
  RCPT: open,
  DATA: open,
  RSET: open,
  NOOP: open,
  HELP: open,
  VRFY: open,
  EXPN: open,
  QUIT: open,
  STARTTLS: open,
  // RFC 4954 would allow it on 25; nobody honest needs it there, password guessers do.
  AUTH: { offeredTo: 'submission', needsLogin: false },
  unknown: open,
}
