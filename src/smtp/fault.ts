// What a command comes to when something of ours went wrong: told with the id under which it is logged, and the session goes on.

import { DiskFullError } from '#io/sql/database.ts'
import type { Command } from '#wire/smtp/command.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import type { Conversation } from './conversation.ts'

export function faultAnswer(conversation: Conversation, error: unknown, { verb: command }: Command): Refusal {
  const { needs, transaction, channel } = conversation
  const message = transaction?.messageId ?? channel.id
  if (error instanceof DiskFullError) {
    needs.log.error('smtp.disk-full', { message, error: error.message })
    return conversation.refuse('disk-full')
  }
  const stack = error instanceof Error ? error.stack : String(error)
  needs.log.error('smtp.fault', { message, connection: channel.id, command, error: stack })
  return conversation.refuse('fault', { id: message })
}
