// qmail's bounces (QSBMF, cr.yp.to/proto/qsbmf.txt): paragraphs of plain text, the first begins "Hi. This is the", those of recipients with `<address>:`.

import { latin1 } from '#text/bytes.ts'
import { readFields } from './header.ts'
import { maxDiagnosticCharacters, maxReturnedRecipients, maxReturnedTextBytes } from './limits.ts'
import type { Part } from './part.ts'
import { decodedPart, partOfType, unicode } from './report-parts.ts'
import type { ReturnedDsn, ReturnedRecipient } from './returned-dsn.ts'

/** Undefined: it is none. */
export function readQsbmf(message: Uint8Array, whole: Part): ReturnedDsn | undefined {
  const part = partOfType(whole, ['text/plain'])
  if (part === undefined) return undefined
  const text = latin1(decodedPart(message, part).subarray(0, maxReturnedTextBytes)).replace(/\r\n/g, '\n')
  const paragraphs = text.replace(/^\n+/, '').split(/\n\n+/)
  const [intro = ''] = paragraphs
  if (!intro.startsWith('Hi. This is the')) return undefined
  const recipients: ReturnedRecipient[] = []
  for (const [index, paragraph] of paragraphs.entries()) {
    if (paragraph.startsWith('-')) return { ...report(intro, recipients), original: originalOf(paragraphs, index + 1) }
    const recipient = readParagraph(paragraph)
    if (recipient !== undefined && recipients.length < maxReturnedRecipients) recipients.push(recipient)
  }
  return report(intro, recipients)
}

function report(intro: string, recipients: readonly ReturnedRecipient[]): ReturnedDsn {
  const reportingMta = /\bat ([A-Za-z0-9.-]*[A-Za-z0-9])/.exec(intro)?.[1]
  return { reportingMta, envelopeId: undefined, recipients, original: undefined }
}

function readParagraph(paragraph: string): ReturnedRecipient | undefined {
  const [, address, rest] = /^<([^\n]+)>:\n?([\s\S]*)$/.exec(paragraph) ?? []
  if (address === undefined || rest === undefined) return undefined
  const said = unicode(rest).replace(/\s+/g, ' ').trim().slice(0, maxDiagnosticCharacters)
  // `Remote host said: 550 no such user`, and qmail's own codes at the end: `(#5.1.1)`.
  const remote = /Remote host said: (.*?)(?: Giving up on \S+)?$/.exec(said)?.[1]
  return {
    address: unicode(address),
    originalAddress: undefined,
    action: 'failed',
    status: /\(?#([245]\.\d{1,3}\.\d{1,3})\)?/.exec(said)?.[1],
    diagnostic: remote ?? said,
    remoteMta: /^([0-9.]+|[A-Za-z0-9.-]+) (?:does not like|failed|said)/.exec(said)?.[1],
  }
}

function originalOf(paragraphs: readonly string[], from: number): ReturnedDsn['original'] {
  const text = paragraphs.slice(from).find(paragraph => /^[A-Za-z-]+:/.test(paragraph))
  return text === undefined ? undefined : { fields: readFields(`${text}\n`), end: text.length }
}
