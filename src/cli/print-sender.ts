// What an account sends and may send, for readers.

import type { SenderInfo } from '#control/sender-administration.ts'
import { printMinute } from './print.ts'

export function senderRows(sender: SenderInfo): readonly (readonly string[])[] {
  const { address, guard, reason, changedAt, own } = sender
  const limit = (name: 'messagesPerHour' | 'messagesPerDay' | 'recipientsPerHour' | 'recipientsPerDay') => {
    const value = sender[name]
    if (value === null) return ''
    return ` of ${value}${own.includes(name) ? ', set for this account' : ''}`
  }
  return [
    ['account', address],
    ['guard', guard === 'held' && changedAt !== null ? `held since ${printMinute(changedAt)}: ${reason}` : guard],
    ['messages within an hour', `${sender.hour.messages}${limit('messagesPerHour')}`],
    ['messages within a day', `${sender.day.messages}${limit('messagesPerDay')}`],
    ['recipients within an hour', `${sender.hour.recipients}${limit('recipientsPerHour')}`],
    ['recipients within a day', `${sender.day.recipients}${limit('recipientsPerDay')}`],
  ]
}
