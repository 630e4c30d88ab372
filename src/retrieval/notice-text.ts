// The notice as a message (RFC 5322): which devices read the account, what was hidden, and a link and a command for each thing that can be done about it.

import { fromUtf8 } from '#text/bytes.ts'
import { printMailDate } from '#text/date.ts'
import { encodeWords } from '#text/encode-words.ts'
import { toAsciiDomain } from '#text/idna.ts'
import type { Device } from './device-row.ts'
import { limits } from './limits.ts'
import { german } from './texts/de.ts'
import { english } from './texts/en.ts'
import type { NoticeTexts, RemedyName } from './texts/texts.ts'

export const noticeLanguages: readonly NoticeTexts[] = [english, german]

export interface Notice {
  /** A tag of `noticeLanguages`; English if it is none of them. */
  readonly language: string
  readonly hostname: string
  /** Unique. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** The account's. */
  readonly address: string
  /** The latest first. */
  readonly devices: readonly Device[]
  /** Messages that are hidden from POP3 now. */
  readonly hidden: number
}

const options: { readonly [R in RemedyName]: string } = {
  keep: '--on-delete hide',
  trash: '--on-delete trash',
  delete: '--on-delete delete',
  imap: '--retrieval imap',
  pop3: '--retrieval pop3',
  show: '--show-hidden',
}

/** The message, in CRLF. */
export function composeNotice(notice: Notice): Uint8Array {
  const { hostname, id, now, address } = notice
  const texts = noticeLanguages.find(({ tag }) => tag === notice.language) ?? english
  const postmaster = postmasterOf(address)
  const lines = [
    `From: ${encodeWords(texts.from(hostname))} <${postmaster}>`,
    `To: <${address}>`,
    `Subject: ${encodeWords(texts.subject)}`,
    `Date: ${printMailDate(now)}`,
    `Message-ID: <${id}@${hostname}>`,
    // RFC 3834 5: nobody's vacation answers it.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    `Content-Language: ${texts.tag}`,
    '',
    ...prose(texts.both(address)),
    '',
    ...deviceLines(notice, texts),
    ...texts.explained(notice.hidden).flatMap(text => ['', ...prose(text)]),
    '',
    ...prose(texts.choice),
    ...remedyLines(notice, texts, postmaster),
    '',
    ...prose(texts.howTo),
    ...prose(texts.administrator),
    '',
    texts.notAnswered,
    '',
  ]
  return fromUtf8(lines.join('\r\n'))
}

/** It is taken at every domain of ours (RFC 5321 4.5.1). */
function postmasterOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return `postmaster@${toAsciiDomain(domain) ?? domain}`
}

function deviceLines({ devices }: Notice, texts: NoticeTexts): readonly string[] {
  const told = devices.slice(0, limits.toldDevices)
  const more = devices.length - told.length
  return [
    ...told.map(device => `- ${texts.device({ ...device, from: day(device.firstAt), to: day(device.lastAt) })}`),
    ...(more === 0 ? [] : [`- ${texts.moreDevices(more)}`]),
  ]
}

function remedyLines({ address, hidden }: Notice, texts: NoticeTexts, postmaster: string): readonly string[] {
  const names: readonly RemedyName[] = [
    'keep',
    'trash',
    'delete',
    'imap',
    'pop3',
    ...(hidden > 0 ? ['show' as const] : []),
  ]
  return names.flatMap(name => {
    const subject = encodeURIComponent(`${address}: ${texts.remedies[name]}`)
    return [
      '',
      `- ${texts.remedies[name]}`,
      `  mailto:${postmaster}?subject=${subject}`,
      `  posthouse account pop3 ${inShell(address)} ${options[name]}`,
    ]
  })
}

/** RFC 5322 2.1.1: lines of 78 characters at most, where words allow it. */
function prose(text: string): readonly string[] {
  return text.match(/.{1,77}(?= |$)/gu)?.map(line => line.trimStart()) ?? []
}

/** An address may hold what a shell would obey. */
function inShell(address: string): string {
  return /^[\w.@+-]+$/.test(address) ? address : `'${address.replaceAll("'", "'\\''")}'`
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
