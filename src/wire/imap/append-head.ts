// What stands before a literal of APPEND or REPLACE: to be checked before the literal is accepted (RFC 3501 4.3).

import type { AppendMessage } from './command.ts'
import type { Dialect } from './dialect.ts'
import { commandCursor, space } from './grammar.ts'
import { commandStart } from './parse.ts'
import { appendMessages, appendTarget } from './parse-append.ts'
import type { LiteralEvent } from './receiver.ts'

export interface AppendHead {
  readonly verb: 'APPEND' | 'REPLACE'
  readonly uid: boolean
  /** REPLACE's message. */
  readonly number: number | '*'
  readonly mailbox: string
  /** From the last message of the head before this one, or the first of all, up to the one that the literal belongs to, its last part. */
  readonly messages: readonly AppendMessage[]
  /** Whether the literal is a message, or a text of one; else it is a URL. */
  readonly streams: boolean
}

/**
 * undefined: the literal is another command's, or still the mailbox name. `before`: the head of the literal before, of the same command;
 * what it has read is not read again. Throws ParseError, as parseCommand would later.
 */
export function parseAppendHead(
  { soFar, binary }: Pick<LiteralEvent, 'soFar' | 'binary'>,
  dialect: Dialect,
  before?: AppendHead,
): AppendHead | undefined {
  const text = `${soFar}${binary ? '~' : ''}{0}\r\n`
  const head = before === undefined ? newHead(text, dialect) : { ...before, at: before.messages.at(-1)?.at ?? 0 }
  if (head === undefined) return undefined
  const { at, ...target } = head
  const cursor = commandCursor(text, dialect, at)
  const messages = appendMessages(cursor, dialect, true)
  cursor.expectEnd()
  const streams = messages.at(-1)?.parts.at(-1)?.kind !== 'url'
  return { ...target, messages, streams }
}

function newHead(
  text: string,
  dialect: Dialect,
): (Omit<AppendHead, 'messages' | 'streams'> & { readonly at: number }) | undefined {
  const { verb: written, at } = commandStart(text)
  const uid = written === 'UID REPLACE'
  const verb = uid ? 'REPLACE' : written
  if (verb !== 'APPEND' && verb !== 'REPLACE') return undefined
  const cursor = commandCursor(text, dialect, at)
  const { mailbox, number } = appendTarget(cursor, verb, dialect)
  if (cursor.done) return undefined
  space(cursor)
  return { verb, uid, number, mailbox, at: cursor.at }
}
