// What a bad peer is told to do (bad-peer.ts).

import type { Clock } from '#io/clock.ts'

/** Where it may be told to do otherwise: on a command, at the greeting, in the handshake, after the last octet of a message. */
export type Step =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'handshake'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'message'
  | 'RSET'
  | 'NOOP'
  | 'QUIT'
  | 'other'

export interface Act {
  /** Lines of the reply without their ends, or octets as they are where `raw`. Undefined: nothing. */
  readonly say?: string
  readonly raw?: boolean
  /** Before it says anything, on the clock. */
  readonly delayMs?: number
  /** At the step `message`: it keeps the message, whatever it says. Default: by the code that it says. */
  readonly takes?: boolean
  /** What it does then. `reset`: the connection breaks, and what was said may be lost; `hang`: it says nothing more; `stall`: nor does it read. */
  readonly end?: 'close' | 'reset' | 'hang' | 'stall'
}

/** A string is a reply. */
export type Acting = Act | string

export const close: Act = { end: 'close' }
export const reset: Act = { end: 'reset' }
export const hang: Act = { end: 'hang' }

export interface Asked {
  readonly step: Step
  /** The command's line; '' where there is none. */
  readonly line: string
  /** How many times this step came before on all connections. */
  readonly before: number
  /** The number of this connection, from 0. */
  readonly connection: number
}

/** The same each time, or one after the other with the last for ever; undefined: as an honest server. */
export type Script = Partial<Record<Step, Acting | readonly (Acting | undefined)[]>>

export interface BadPeerOptions {
  readonly name?: string
  readonly script?: Script
  /** Asked where the script says nothing. */
  readonly act?: (asked: Asked) => Acting | undefined
  /** Without STARTTLS. */
  readonly extensions?: readonly string[]
  /** Whether STARTTLS is offered; default: where the channel can. */
  readonly offersTls?: boolean
  readonly implicitTls?: boolean
  readonly clock?: Clock
  /** It closes when nothing came for so long. */
  readonly idleMs?: number
}
