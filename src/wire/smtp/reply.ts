// A reply (RFC 5321 4.2) with its enhanced code (RFC 2034), and how it is printed.

import { replyLineOctets } from './limits.ts'

export interface Reply {
  readonly code: number
  /** `5.1.1`; undefined for the greeting, 354, and replies to HELO and EHLO. */
  readonly enhanced?: string
  /** Several lines make a multi-line reply. */
  readonly text: string | readonly string[]
}

/** A reply of one line. */
export function reply(code: number, enhanced: string, text: string): Reply {
  return { code, enhanced, text }
}

/** Whether the command was taken: 2xx, 3xx. */
export function isPositive(answer: Reply): boolean {
  return answer.code < 400
}

/** What the peer reads of a reply of one line, without its CRLF: `550 5.1.1 <a@b>: ...`. */
export function inOneLine(reply: Reply): string {
  return printReply(reply).trimEnd()
}

/** The reply's lines, each with its CRLF. */
export function printReply({ code, enhanced, text }: Reply): string {
  const status = enhanced === undefined ? '' : `${enhanced} `
  if (typeof text === 'string') return `${code} ${status}${fitting(text)}\r\n`
  const last = text.length - 1
  return text.map((line, index) => `${code}${index === last ? ' ' : '-'}${status}${fitting(line)}\r\n`).join('')
}

/** Replies echo what clients sent: no octet of it may end the line or reach the log as a control, and the line keeps its limit. */
function fitting(text: string): string {
  const safe = unsafe.test(text) ? text.replace(/[^\x20-\x7e]/g, '?') : text
  return safe.length > textOctets ? `${safe.slice(0, textOctets - 3)}...` : safe
}

const unsafe = /[^\x20-\x7e]/
/** What is left of a line after `550 5.7.100 ` and CRLF. */
const textOctets = replyLineOctets - 14
