// Whether what an account sends to other servers is unusual for it: by volume, against its own busiest hour and day of the month before; and by how
// much of it fails for good. Pure. From where it is sent is not asked: no list of countries comes with the server.

import type { senderGuardDefaults } from './limits.ts'
import type { Amounts } from './sender-limits.ts'
import type { Slot } from './sender-rows.ts'

export type GuardLimits = { readonly [name in keyof typeof senderGuardDefaults]: number }

/** What is usual: the most in an hour and in a day of what is past. */
export interface Usual {
  readonly hour: Amounts
  readonly day: Amounts
}

/** Why it is held, in words for its owner and the operator. Undefined: nothing is unusual about it. */
export function burstIn(
  limits: GuardLimits,
  usual: Usual,
  { hour, day }: { readonly hour: Amounts; readonly day: Amounts },
): string | undefined {
  const { factor } = limits
  const asked: readonly (readonly [count: number, least: number, usual: number, what: string])[] = [
    [hour.messages, limits.messagesPerHour, usual.hour.messages, 'messages to other servers within an hour'],
    [hour.recipients, limits.recipientsPerHour, usual.hour.recipients, 'recipients at other servers within an hour'],
    [day.messages, limits.messagesPerDay, usual.day.messages, 'messages to other servers within a day'],
    [day.recipients, limits.recipientsPerDay, usual.day.recipients, 'recipients at other servers within a day'],
  ]
  for (const [count, least, most, what] of asked) {
    const limit = Math.max(least, factor * most)
    if (count > limit) return `more than ${limit} ${what}; the most before was ${most}`
  }
  return undefined
}

/** What became of recipients at other servers. */
export interface Ends {
  readonly delivered: number
  readonly failed: number
}

export function failsTooOften(limits: GuardLimits, { delivered, failed }: Ends): string | undefined {
  const percent = (100 * failed) / Math.max(1, delivered + failed)
  if (failed < limits.failures || percent < limits.failedPercent) return undefined
  return `${failed} of the last ${delivered + failed} recipients at other servers refused its mail for good`
}

/** Of `slots` in order, the most within `slotsPerHour` of them that follow each other, and within one day. */
export function usualOf(slots: readonly Slot[], { perHour, perDay }: { perHour: number; perDay: number }): Usual {
  const hour = { messages: 0, recipients: 0 }
  const day = { messages: 0, recipients: 0 }
  const most = { hour: { ...hour }, day: { ...day } }
  let first = 0
  let today = Number.NaN
  for (const [slot, { outMessages, outRecipients }] of slots) {
    add(hour, outMessages, outRecipients)
    for (let old = slots[first]; old !== undefined && old[0] <= slot - perHour; old = slots[first]) {
      add(hour, -old[1].outMessages, -old[1].outRecipients)
      first += 1
    }
    if (Math.floor(slot / perDay) !== today) Object.assign(day, { messages: 0, recipients: 0 })
    today = Math.floor(slot / perDay)
    add(day, outMessages, outRecipients)
    raise(most.hour, hour)
    raise(most.day, day)
  }
  return most
}

interface Sum {
  messages: number
  recipients: number
}

function add(sum: Sum, messages: number, recipients: number): void {
  sum.messages += messages
  sum.recipients += recipients
}

function raise(most: Sum, sum: Sum): void {
  most.messages = Math.max(most.messages, sum.messages)
  most.recipients = Math.max(most.recipients, sum.recipients)
}
