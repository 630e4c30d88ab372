// How much an account may send: messages and recipients, in an hour and in a day. Pure.

import type { senderLimitDefaults } from './limits.ts'

export type SenderLimits = { readonly [name in keyof typeof senderLimitDefaults]: number }

/** A limit that would be passed. */
export interface Spent {
  readonly what: 'messages' | 'recipients'
  readonly limit: number
  readonly per: 'hour' | 'day'
}

export interface Amounts {
  readonly messages: number
  readonly recipients: number
}

/** Undefined: what was sent, and `more`, is within the limits. */
export function spentLimit(
  limits: SenderLimits,
  sent: { readonly hour: Amounts; readonly day: Amounts },
  more: Amounts,
): Spent | undefined {
  const all: readonly (Spent & { readonly count: number })[] = [
    { what: 'messages', per: 'hour', limit: limits.messagesPerHour, count: sent.hour.messages + more.messages },
    { what: 'messages', per: 'day', limit: limits.messagesPerDay, count: sent.day.messages + more.messages },
    { what: 'recipients', per: 'hour', limit: limits.recipientsPerHour, count: sent.hour.recipients + more.recipients },
    { what: 'recipients', per: 'day', limit: limits.recipientsPerDay, count: sent.day.recipients + more.recipients },
  ]
  const found = all.find(({ count, limit }) => count > limit)
  return found && { what: found.what, limit: found.limit, per: found.per }
}
