// ID (RFC 2971): who the client is goes to the log, who we are to the client. The version stays ours.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { printId } from '#wire/imap/print-lines.ts'

/** The fields of RFC 2971 3.3 that help to find out what a program is: others may be anything. */
const told: ReadonlySet<string> = new Set([
  'name',
  'version',
  'os',
  'os-version',
  'vendor',
  'support-url',
  'date',
  'command',
])

const ourFields: ReadonlyMap<string, string> = new Map([['name', 'Posthouse']])

export function identify(conversation: Conversation, { fields }: CommandOf<'ID'>): Reply {
  const said = [...fields].filter(([name]) => told.has(name))
  conversation.log.info('imap.client', Object.fromEntries(said))
  conversation.identify(fields)
  conversation.output.text(printId(ourFields))
  return ok('Pleased to meet you')
}
