// IMAP's state machine as a table (RFC 3501 3, 6): which command is allowed where, where it leads, and how it meets the others.

import type { Command } from './command.ts'

export type State = 'not-authenticated' | 'authenticated' | 'selected' | 'logout'

/** A command with its UID form apart: that is another command to this table. */
export type CommandName =
  | Exclude<Command['verb'], 'UID EXPUNGE'>
  | 'UID EXPUNGE'
  | 'UID SEARCH'
  | 'UID SORT'
  | 'UID THREAD'
  | 'UID FETCH'
  | 'UID STORE'
  | 'UID COPY'
  | 'UID MOVE'
  | 'UID REPLACE'

export interface CommandRule {
  readonly allowedIn: readonly State[]
  /** The state after OK; undefined: as before. */
  readonly next?: State
  /** The state after NO, where it is another one: a failed SELECT leaves nothing selected (RFC 3501 6.3.1). */
  readonly nextAfterNo?: State
  /** Its arguments are sequence numbers: they mean what the client knows, so nothing may be renumbered before it (RFC 3501 5.5). */
  readonly usesSequenceNumbers: boolean
  /** No EXPUNGE may be sent while it runs or with its answer (RFC 3501 7.4.1). */
  readonly holdsExpunges: boolean
  /** What stands behind it in the same packet is no command: the octets that follow are TLS, or compressed. Not AUTHENTICATE: no mechanism here adds a layer. */
  readonly endsPipeline: boolean
}

const any: readonly State[] = ['not-authenticated', 'authenticated', 'selected']
const strangers: readonly State[] = ['not-authenticated']
const users: readonly State[] = ['authenticated', 'selected']
const readers: readonly State[] = ['selected']

function rule(allowedIn: readonly State[], more: Partial<CommandRule> = {}): CommandRule {
  return { allowedIn, usesSequenceNumbers: false, holdsExpunges: false, endsPipeline: false, ...more }
}

const bySequence = { usesSequenceNumbers: true }
const bySequenceHeld = { usesSequenceNumbers: true, holdsExpunges: true }

export const commandRules: Readonly<Record<CommandName, CommandRule>> = {
  CAPABILITY: rule(any),
  NOOP: rule(any),
  ID: rule(any),
  LOGOUT: rule(any, { next: 'logout' }),

  STARTTLS: rule(strangers, { endsPipeline: true }),
  LOGIN: rule(strangers, { next: 'authenticated' }),
  AUTHENTICATE: rule(strangers, { next: 'authenticated' }),

  ENABLE: rule(users),
  SELECT: rule(users, { next: 'selected', nextAfterNo: 'authenticated' }),
  EXAMINE: rule(users, { next: 'selected', nextAfterNo: 'authenticated' }),
  CREATE: rule(users),
  DELETE: rule(users),
  RENAME: rule(users),
  SUBSCRIBE: rule(users),
  UNSUBSCRIBE: rule(users),
  LIST: rule(users),
  LSUB: rule(users),
  NAMESPACE: rule(users),
  STATUS: rule(users),
  GETMETADATA: rule(users),
  SETMETADATA: rule(users),
  GETQUOTA: rule(users),
  GETQUOTAROOT: rule(users),
  SETQUOTA: rule(users),
  NOTIFY: rule(users),
  APPEND: rule(users),
  COMPRESS: rule(users, { endsPipeline: true }),
  UNAUTHENTICATE: rule(users, { next: 'not-authenticated' }),
  GENURLAUTH: rule(users),
  URLFETCH: rule(users),
  RESETKEY: rule(users),
  SETACL: rule(users),
  DELETEACL: rule(users),
  GETACL: rule(users),
  LISTRIGHTS: rule(users),
  MYRIGHTS: rule(users),
  IDLE: rule(users),

  CHECK: rule(readers),
  CLOSE: rule(readers, { next: 'authenticated' }),
  UNSELECT: rule(readers, { next: 'authenticated' }),
  EXPUNGE: rule(readers),
  SEARCH: rule(readers, bySequenceHeld),
  SORT: rule(readers, bySequenceHeld),
  THREAD: rule(readers, bySequenceHeld),
  // RFC 7377 2: without a mailbox of its own it needs a selected one; the answer is in UIDs.
  ESEARCH: rule(users),
  CANCELUPDATE: rule(readers),
  UIDBATCHES: rule(readers),
  FETCH: rule(readers, bySequenceHeld),
  STORE: rule(readers, bySequenceHeld),
  COPY: rule(readers, bySequence),
  MOVE: rule(readers, bySequence),
  REPLACE: rule(readers, bySequence),
  'UID EXPUNGE': rule(readers),
  // RFC 3501 6.4.8 lets EXPUNGE be sent with these; not with a UID SEARCH that names sequence numbers, which its keys tell.
  'UID SEARCH': rule(readers),
  'UID SORT': rule(readers),
  'UID THREAD': rule(readers),
  'UID FETCH': rule(readers),
  'UID STORE': rule(readers),
  'UID COPY': rule(readers),
  'UID MOVE': rule(readers),
  'UID REPLACE': rule(readers),
}

/** The row of `command` in the table. */
export function commandName(command: Command): CommandName {
  switch (command.verb) {
    case 'SEARCH':
    case 'SORT':
    case 'THREAD':
    case 'FETCH':
    case 'STORE':
    case 'COPY':
    case 'MOVE':
    case 'REPLACE':
      return command.uid ? `UID ${command.verb}` : command.verb
    default:
      return command.verb
  }
}

/** Whether `command` may be given in `state`; if not it is answered BAD. */
export function isAllowed(command: Command, state: State): boolean {
  return commandRules[commandName(command)].allowedIn.includes(state)
}

/** The state that `command` leads to when it was answered `status`. */
export function stateAfter(command: Command, state: State, status: 'OK' | 'NO' | 'BAD'): State {
  const { next, nextAfterNo } = commandRules[commandName(command)]
  if (status === 'OK') return next ?? state
  return status === 'NO' ? (nextAfterNo ?? state) : state
}
