// The first part of a delivery report: the words that a person reads. What happened, who can mend it, what to do next, and what the peer said.

import { printMailDate } from '#text/date.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { maxShownFieldCharacters } from './limits.ts'
import type { OutcomeClass } from './outcome.ts'
import { type OutcomeWords, wordsOf } from './outcome-words.ts'

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
  readonly action: Action
  /** RFC 3463. */
  readonly status: string
  readonly reply: string | undefined
  /** The host that said `reply`. */
  readonly by: string | undefined
  readonly class: OutcomeClass | undefined
  /** Milliseconds since 1970. */
  readonly willRetryUntil: number | undefined
}

type Action = 'delivered' | 'relayed' | 'failed' | 'expired' | 'delayed'

const openings: readonly (readonly [Action, string])[] = [
  ['failed', 'Your message could not be delivered to:'],
  ['expired', 'This server has tried again and again, and now gives up. Your message could not be delivered to:'],
  ['delayed', 'Your message has not been delivered yet to:'],
  ['relayed', 'Your message was passed on to the mail server of:'],
  ['delivered', 'Your message is in the mailbox of:'],
]

/** Lines in CRLF, the last one too. */
export function plainWords(text: DsnText): string {
  const lines = [`This is the mail server ${text.hostname}.`, '']
  for (const [action, opening] of openings) {
    const recipients = text.recipients.filter(recipient => recipient.action === action)
    if (recipients.length === 0) continue
    lines.push(...wrapped(opening, ''), '')
    lines.push(...recipients.flatMap(recipient => recipientLines(recipient, text.hostname)), ...closing(recipients))
  }
  lines.push('This was about:', '', ...aboutLines(text), '')
  return lines.join('\r\n')
}

function recipientLines(recipient: TextRecipient, hostname: string): readonly string[] {
  const { address, wroteTo, status, reply, by, class: kind, action } = recipient
  const isForwarded = wroteTo !== undefined && wroteTo !== address
  const lines = [`  <${address}>${isForwarded ? `, to which your mail to <${wroteTo}> goes` : ''}`]
  const isGood = action === 'relayed' || action === 'delivered'
  const words = isGood || kind === undefined ? undefined : wordsOf({ class: kind, status, reply, isForwarded })
  if (words !== undefined) lines.push('', ...wrapped(words.happened, '    '))
  if (reply !== undefined && by === undefined)
    lines.push(...(words === undefined ? [] : ['']), ...wrapped(reply, '    '))
  if (reply !== undefined && by !== undefined) lines.push('', `    The server ${by} said:`, ...wrapped(reply, '      '))
  if (words !== undefined && action !== 'delayed') lines.push('', ...adviceLines(words, hostname))
  return [...lines, '']
}

function adviceLines({ mender, next }: OutcomeWords, hostname: string): readonly string[] {
  const fill = (text: string) => text.replace('{host}', hostname)
  return [...wrapped(`Who can mend it: ${fill(mender)}`, '    '), ...wrapped(`What to do next: ${fill(next)}`, '    ')]
}

function closing(recipients: readonly TextRecipient[]): readonly string[] {
  if (recipients.some(({ action }) => action === 'relayed'))
    return ['That server sends no reports of its own, so you will not hear', 'when it has arrived.', '']
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

/** Indented, at word boundaries; a word too long for any line is cut. */
function wrapped(text: string, indent: string): readonly string[] {
  const lines = text.match(/.{1,72}(?: |$)|\S{73,240}(?: |$)|\S{240}/gu) ?? [text]
  return lines.map(line => `${indent}${line.trimEnd()}`)
}
