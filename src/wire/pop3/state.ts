// The whole state machine of a POP3 session (RFC 1939 3, 5034, 6856) as one table: state × command → next state.
// UPDATE has no row: it is what QUIT does on the way from `transaction` to `closed`.

import type { Verb } from './parse.ts'

export type State =
  /** Nobody has logged in. */
  | 'authorization'
  /** USER was given. */
  | 'named'
  /** AUTH waits for a response: every line is one. */
  | 'exchange'
  | 'transaction'
  | 'closed'

export interface Step {
  /** After +OK. */
  readonly done: State
  /** After -ERR. */
  readonly refused: State
  /** After a challenge. */
  readonly asked?: State
}

const stay = (state: State): Step => ({ done: state, refused: state })

const signIn: Step = { done: 'transaction', refused: 'authorization', asked: 'exchange' }
const leave: Step = { done: 'closed', refused: 'closed' }

/** What each command does to each state; a command that is missing is not allowed there. RESPONSE is a line of an exchange. */
export const steps: { readonly [S in State]: { readonly [V in Verb | 'RESPONSE']?: Step } } = {
  authorization: {
    CAPA: stay('authorization'),
    STLS: stay('authorization'),
    UTF8: stay('authorization'),
    LANG: stay('authorization'),
    USER: { done: 'named', refused: 'authorization' },
    AUTH: signIn,
    QUIT: leave,
  },
  named: {
    CAPA: stay('named'),
    STLS: { done: 'authorization', refused: 'named' },
    UTF8: stay('named'),
    LANG: stay('named'),
    USER: { done: 'named', refused: 'authorization' },
    PASS: signIn,
    AUTH: signIn,
    QUIT: leave,
  },
  exchange: {
    RESPONSE: signIn,
  },
  transaction: {
    CAPA: stay('transaction'),
    LANG: stay('transaction'),
    STAT: stay('transaction'),
    LIST: stay('transaction'),
    UIDL: stay('transaction'),
    RETR: stay('transaction'),
    TOP: stay('transaction'),
    DELE: stay('transaction'),
    RSET: stay('transaction'),
    NOOP: stay('transaction'),
    QUIT: leave,
  },
  closed: {},
}
