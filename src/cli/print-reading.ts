// By what an account is read, in words.

import { printSize } from '#config/units.ts'
import type { DeviceInfo, ReadingInfo } from '#control/administration.ts'
import { counted, printDay } from './print.ts'

export function readingRows(reading: ReadingInfo): readonly (readonly string[])[] {
  const { address, hiddenMessages, hiddenBytes } = reading
  const howMuch = `${counted(hiddenMessages, 'message')}, ${printSize(hiddenBytes)}`
  return [
    ['POP3 deletes', `${reading.onDelete} (${whyOf(reading)})`],
    ['retrieval', reading.retrieval],
    ['language', reading.language],
    ...(hiddenMessages === 0 ? [] : [['hidden', `${howMuch}: posthouse account pop3 ${address} --show-hidden`]]),
  ]
}

const because: Readonly<Record<string, string>> = {
  account: 'set for this account',
  configuration: 'set for all accounts',
  pinned: 'auto: POP3 alone may read it',
  'pop3-only': 'auto: nothing but POP3 was used in the last 30 days',
  shared: 'auto: others may read its INBOX',
  'not-known-yet': 'auto: it is not known yet by what else it is read',
}

function whyOf({ why, imapAt }: ReadingInfo): string {
  if (why === 'used' && imapAt !== null) return `auto: IMAP was last used on ${printDay(imapAt)}`
  return because[why] ?? why
}

/** Protocol, client, network, times, what it did. */
export function deviceRow(device: DeviceInfo): readonly string[] {
  const { protocol, client, network, firstAt, lastAt, taken, removed, hidden } = device
  const did = [`taken ${grouped(taken)}`, `removed ${grouped(removed)}`]
  if (protocol === 'pop3') did.push(`hidden ${grouped(hidden)}`)
  return [
    protocol,
    client === '' ? '-' : client,
    network,
    `${printDay(firstAt)} to ${printDay(lastAt)}`,
    did.join(', '),
  ]
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}
