// The first part of a delivery report: the words that a person reads.

import { printMailDate } from '#text/date.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { maxShownFieldCharacters } from './limits.ts'

export interface DsnText {
  readonly hostname: string
  readonly recipients: readonly TextRecipient[]
  /** Of the original's header, latin1. */
  readonly subject: string | undefined
  readonly date: string | undefined
  readonly messageId: string | undefined
}

export interface TextRecipient {
  readonly address: string
  /** The address that the sender wrote, when something forwarded it. */
  readonly wroteTo: string | undefined
  readonly action: 'delivered' | 'failed' | 'delayed'
  readonly reply: string | undefined
  /** Milliseconds since 1970. */
  readonly willRetryUntil: number | undefined
}

const openings = {
  failed: 'Your message could not be delivered to:',
  delayed: 'Your message has not been delivered yet to:',
  delivered: 'Your message is in the mailbox of:',
} as const

/** Lines in CRLF, the last one too. */
export function plainWords(text: DsnText): string {
  const lines = [`This is the mail server ${text.hostname}.`, '']
  for (const action of ['failed', 'delayed', 'delivered'] as const) {
    const recipients = text.recipients.filter(recipient => recipient.action === action)
    if (recipients.length === 0) continue
    lines.push(openings[action], '', ...recipients.flatMap(recipientLines), ...closing(recipients))
  }
  lines.push('This was about:', '', ...aboutLines(text), '')
  return lines.join('\r\n')
}

function recipientLines({ address, wroteTo, reply }: TextRecipient): readonly string[] {
  const forwarded = wroteTo === undefined || wroteTo === address ? '' : `, to which your mail to <${wroteTo}> goes`
  return [`  <${address}>${forwarded}`, ...(reply === undefined ? [] : wrapped(reply)), '']
}

function closing(recipients: readonly TextRecipient[]): readonly string[] {
  const until = Math.max(...recipients.map(({ willRetryUntil }) => willRetryUntil ?? 0))
  if (until === 0) return []
  return [`This server goes on trying until ${printMailDate(until)}.`, 'You need not send it again.', '']
}

function aboutLines({ subject, date, messageId }: DsnText): readonly string[] {
  const lines: string[] = []
  if (subject !== undefined) lines.push(`  Subject: ${shown(decodeEncodedWords(subject))}`)
  if (date !== undefined) lines.push(`  Date: ${shown(decodeEncodedWords(date))}`)
  if (messageId !== undefined) lines.push(`  Message-ID: ${messageId}`)
  return lines.length === 0 ? ['  a message without subject, date and id'] : lines
}

function shown(value: string): string {
  const clean = value.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
  return clean.length > maxShownFieldCharacters ? `${clean.slice(0, maxShownFieldCharacters).toWellFormed()}...` : clean
}

/** Indented, at word boundaries. */
function wrapped(text: string): readonly string[] {
  return (text.match(/.{1,72}(?: |$)|\S{73,}(?: |$)/gu) ?? [text]).map(line => `    ${line.trimEnd()}`)
}
