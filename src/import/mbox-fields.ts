// The fields of an mbox's messages that are no part of the message: where programs note its flags, keywords and UID. They are read, and left out.

import { flag } from '#mail/flags.ts'

export interface MboxFields {
  readonly flags: number
  /** Joined by spaces. */
  readonly keywords: string
  /** X-UID. */
  readonly uid: number | undefined
  /** X-IMAPbase or X-IMAP, of the first message. */
  readonly uidValidity: number | undefined
  readonly xUidl: string | undefined
  /** It only keeps the place of a removed message, or data of the mailbox. */
  readonly isRemoved: boolean
  /** The header without those fields. */
  readonly header: string
}

const ofMbox = new Set([
  ...['status', 'x-status', 'x-keywords', 'x-uid', 'x-imapbase', 'x-imap', 'content-length'],
  ...['x-mozilla-status', 'x-mozilla-status2', 'x-mozilla-keys', 'x-evolution'],
])

/** `header`: whole lines, a character for each octet. */
export function readMboxFields(header: string): MboxFields {
  const values = new Map<string, string>()
  const kept: string[] = []
  for (const [field, name = '', value = ''] of header.matchAll(/^([^\s:]+)[ \t]*:(.*(?:\n[ \t].*)*)\n?|^.*\n?/gm)) {
    const key = name.toLowerCase()
    if (ofMbox.has(key) || key === 'x-uidl') values.set(key, value.trim())
    if (!ofMbox.has(key)) kept.push(field)
  }
  const text = (name: string): string => values.get(name) ?? ''
  const mozilla = Number.parseInt(text('x-mozilla-status'), 16) || 0
  const keywords = keywordsOf(`${text('x-keywords')} ${text('x-mozilla-keys')}`, mozilla)
  const base = /^(\d+) \d+/.exec(text('x-imapbase') || text('x-imap'))?.[1]
  return {
    flags: flagsOf(text('status') + text('x-status'), mozilla),
    keywords,
    uid: numberOf(text('x-uid')),
    uidValidity: numberOf(base ?? ''),
    xUidl: values.get('x-uidl'),
    isRemoved: (mozilla & 0x8) !== 0 || isMailboxData(header, values),
    header: kept.join(''),
  }
}

/** The first message of an mbox that UW's programs made: it says of itself not to delete it. */
function isMailboxData(header: string, values: ReadonlyMap<string, string>): boolean {
  return values.has('x-imap') && /^Subject: DON'T DELETE THIS MESSAGE/m.test(header)
}

const letters: Readonly<Record<string, number>> = {
  R: flag.seen,
  A: flag.answered,
  F: flag.flagged,
  T: flag.draft,
  D: flag.deleted,
}

function flagsOf(status: string, mozilla: number): number {
  let flags = 0
  for (const letter of status) flags |= letters[letter] ?? 0
  if ((mozilla & 0x1) !== 0) flags |= flag.seen
  if ((mozilla & 0x2) !== 0) flags |= flag.answered
  if ((mozilla & 0x4) !== 0) flags |= flag.flagged
  return flags
}

function keywordsOf(text: string, mozilla: number): string {
  const names = text.split(/\s+/).filter(name => /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]{1,100}$/.test(name))
  if ((mozilla & 0x1000) !== 0) names.push('$Forwarded')
  return [...new Set(names)].join(' ')
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
