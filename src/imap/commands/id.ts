// ID (RFC 2971): who the client is goes to the log, who we are to the client. The version stays ours.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { printId } from '#wire/imap/print-lines.ts'

const ourFields: ReadonlyMap<string, string> = new Map([['name', 'Posthouse']])

export function identify(conversation: Conversation, { fields }: CommandOf<'ID'>): Reply {
  conversation.log.info('imap.client', {
    name: fields.get('name'),
    version: fields.get('version'),
    os: fields.get('os'),
  })
  conversation.output.text(printId(ourFields))
  return ok('Pleased to meet you')
}
