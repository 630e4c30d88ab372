// Reports of what became of a message: multipart/report with delivery-status (RFC 3461 6, 6522, 3464), in UTF-8 where it must be (RFC 6533).
// Sent with the null path, so that nobody answers it (RFC 3461 6.1).

import { concat, fromUtf8, latin1 } from '#text/bytes.ts'
import { printMailDate } from '#text/date.ts'
import { type DsnText, plainWords } from './dsn-text.ts'
import { firstValue, type Header, readHeader } from './header.ts'
import { maxDiagnosticCharacters } from './limits.ts'
import type { OutcomeClass } from './outcome.ts'

export interface Dsn {
  /** Who reports; a host name in ASCII. */
  readonly hostname: string
  /** Unique, and unknown to whoever wrote the original: Message-ID and boundary are made of it. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** The sender of the original. */
  readonly to: string
  /** When the original came in, milliseconds since 1970. */
  readonly arrivedAt: number
  /** ENVID, decoded. */
  readonly envelopeId: string | undefined
  /** At least one. */
  readonly recipients: readonly DsnRecipient[]
  /** The whole message, or as much of it as holds the header. */
  readonly original: Uint8Array
  /** What goes back of it (RFC 3461 4.3). `whole` needs a whole `original`. */
  readonly returns: 'whole' | 'header'
}

export interface DsnRecipient {
  readonly address: string
  /** ORCPT, decoded. */
  readonly originalRecipient: { readonly type: string; readonly address: string } | undefined
  readonly action: DsnAction
  /** RFC 3463. */
  readonly status: string
  /** What SMTP answered, or would have: `550 5.1.1 <bob@example.test>: there is ...`; or what we say where no peer said anything. */
  readonly reply: string | undefined
  /** Of `delayed`: milliseconds since 1970. */
  readonly willRetryUntil: number | undefined
  /** Of `failed`, `expired`, `delayed`: what kind of "no" it was; undefined: not known. */
  readonly class?: OutcomeClass | undefined
  /** The host that said `reply`, or that took the message (Remote-MTA); undefined: nobody did, we say it. */
  readonly by?: string | undefined
  /** Milliseconds since 1970; undefined: now. */
  readonly lastTriedAt?: number | undefined
}

/**
 * `delivered`: into a mailbox. `relayed`: to a host that promised no report of its own (RFC 3461 5.2.2). `failed`: refused for good.
 * `expired`: refused for now until time was up; a failure for RFC 3464. `delayed`: refused for now, and tried again.
 */
export type DsnAction = 'delivered' | 'relayed' | 'failed' | 'expired' | 'delayed'

/** The message, in CRLF. */
export function composeDsn(dsn: Dsn): Uint8Array {
  const header = readHeader(dsn.original)
  const boundary = `report-${dsn.id}`
  const words = plainWords(textOf(dsn, header))
  const status = deliveryStatus(dsn)
  const returned = returnedPart(dsn, header)
  const before = [
    ...ownFields(dsn, header, boundary),
    '',
    `--${boundary}`,
    `Content-Type: text/plain; charset=${isAscii(words) ? 'us-ascii' : 'utf-8'}`,
    `Content-Transfer-Encoding: ${isAscii(words) ? '7bit' : '8bit'}`,
    '',
    words,
    `--${boundary}`,
    `Content-Type: message/${isAscii(status) ? '' : 'global-'}delivery-status`,
    `Content-Transfer-Encoding: ${isAscii(status) ? '7bit' : '8bit'}`,
    '',
    status,
    `--${boundary}`,
    ...returned.fields,
    '',
    '',
  ]
  return concat([fromUtf8(before.join('\r\n')), returned.content, fromUtf8(`\r\n--${boundary}--\r\n`)])
}

function ownFields(dsn: Dsn, header: Header, boundary: string): readonly string[] {
  const { hostname, id, now, to } = dsn
  const answered = messageIdOf(header)
  return [
    `From: Mail Delivery System <MAILER-DAEMON@${hostname}>`,
    `To: <${clean(to)}>`,
    `Subject: ${subjectOf(dsn)}`,
    `Date: ${printMailDate(now)}`,
    `Message-ID: <${id}@${hostname}>`,
    ...(answered === undefined ? [] : [`In-Reply-To: ${answered}`, `References: ${answered}`]),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="${boundary}"`,
  ]
}

function subjectOf({ recipients }: Dsn): string {
  const has = (action: DsnAction) => recipients.some(recipient => recipient.action === action)
  if (has('failed') || has('expired')) return 'Your message could not be delivered'
  if (has('delayed')) return 'Your message is delayed'
  return has('relayed') ? 'Your message was passed on' : 'Your message was delivered'
}

/** Undefined of what is no message id: it must not bring anything else into our header. */
function messageIdOf(header: Header): string | undefined {
  const value = firstValue(header, 'message-id')
  return value !== undefined && /^<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>$/.test(value) ? value : undefined
}

function textOf(dsn: Dsn, header: Header): DsnText {
  const { hostname, recipients } = dsn
  return {
    hostname,
    recipients: recipients.map(recipient => ({
      ...recipient,
      address: clean(recipient.address),
      wroteTo: recipient.originalRecipient === undefined ? undefined : clean(recipient.originalRecipient.address),
      reply: recipient.reply === undefined ? undefined : clean(recipient.reply).slice(0, maxDiagnosticCharacters),
      by: recipient.by === undefined ? undefined : clean(recipient.by),
      class: recipient.class,
    })),
    subject: firstValue(header, 'subject'),
    date: firstValue(header, 'date'),
    messageId: messageIdOf(header),
  }
}

/** RFC 3464 2.1: fields of the message, then a group for each recipient. */
function deliveryStatus(dsn: Dsn): string {
  const { hostname, envelopeId, arrivedAt, recipients } = dsn
  const ofMessage = [
    `Reporting-MTA: dns; ${hostname}`,
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${clean(envelopeId)}`]),
    `Arrival-Date: ${printMailDate(arrivedAt)}`,
    '',
  ]
  // What a peer said must not make of it what only RFC 6533's readers know: an address alone does.
  const isGlobal = recipients.some(({ address, originalRecipient }) => !isAscii(address + originalRecipient?.address))
  const words = isGlobal ? clean : (text: string) => clean(text).replace(/[^\x00-\x7f]/gu, '?')
  const groups = recipients.flatMap(recipient => [...recipientFields(recipient, dsn.now, words), ''])
  return [...ofMessage, ...groups].join('\r\n')
}

type Words = (text: string) => string

function recipientFields(recipient: DsnRecipient, now: number, words: Words): readonly string[] {
  const { address, originalRecipient, action, status, reply, by, willRetryUntil, lastTriedAt } = recipient
  const original = originalRecipient && `${clean(originalRecipient.type)}; ${clean(originalRecipient.address)}`
  return [
    ...(original === undefined ? [] : [`Original-Recipient: ${original}`]),
    `Final-Recipient: ${isAscii(address) ? 'rfc822' : 'utf-8'}; ${clean(address)}`,
    `Action: ${action === 'expired' ? 'failed' : action}`,
    `Status: ${status}`,
    ...(by === undefined ? [] : [`Remote-MTA: dns; ${words(by)}`]),
    ...(reply === undefined ? [] : [diagnosticField(words(reply))]),
    `Last-Attempt-Date: ${printMailDate(lastTriedAt ?? now)}`,
    ...(willRetryUntil === undefined || action !== 'delayed'
      ? []
      : [`Will-Retry-Until: ${printMailDate(willRetryUntil)}`]),
  ]
}

/** RFC 3464 2.3.6: `smtp` is what an SMTP server answered, or would have; other words are ours. */
function diagnosticField(reply: string): string {
  const type = /^[2-5]\d\d(?: |$)/.test(reply) ? 'smtp' : 'x-posthouse'
  return folded(`Diagnostic-Code: ${type}; ${reply.slice(0, maxDiagnosticCharacters)}`)
}

/** RFC 5322 2.2.3; a word too long for any line is cut. */
function folded(field: string): string {
  return field
    .replace(/\S{240}/gu, '$& ')
    .replace(/(.{1,76})(?: +|$)/gu, '$1\r\n ')
    .trimEnd()
}

function returnedPart({ original, returns }: Dsn, header: Header) {
  const isWhole = returns === 'whole'
  const content = isWhole ? original : headerLines(original, header)
  const headerHas8Bit = /[\x80-\xff]/.test(latin1(original, 0, header.end))
  const [plain, global] = isWhole
    ? ['message/rfc822', 'message/global']
    : ['text/rfc822-headers', 'message/global-headers']
  const has8Bit = content.some(octet => octet > 0x7f)
  return {
    content,
    fields: [
      `Content-Type: ${headerHas8Bit ? global : plain}`,
      `Content-Transfer-Encoding: ${has8Bit ? '8bit' : '7bit'}`,
    ],
  }
}

/** Without the blank line that ends them. */
function headerLines(original: Uint8Array, { end }: Header): Uint8Array {
  const text = latin1(original, 0, end)
  return original.subarray(0, text.endsWith('\r\n\r\n') ? end - 2 : end)
}

/** Addresses and replies carry what a peer wrote: none of it may begin a line. */
function clean(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?')
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}
