// Messages of all kinds that POP3 has trouble with: dots, headers and bodies of 8 bits, with parts, without a body, without a last line end, long ones.

import type { Draws } from '../fuzz/draws.ts'

const headers = [
  'Subject: plain\r\n',
  'Subject: .dot\r\nX-Folded: one\r\n .two\r\n',
  'From: J\xc3\xb6rg <j\xc3\xb6rg@example.test>\r\nSubject: gr\xc3\xbc\xc3\x9fe\r\n',
  'Subject: no utf-8 \xe4\xf6\xfc\r\n',
  'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n',
]

const lines = ['', '.', '..', '.dot', 'text', 'gr\xc3\xbc\xc3\x9fe', '\xe4\xf6\xfc', ' space', 'a\rb', '\t']

const parts = [
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename="\xc3\xbc.txt"\r\n\r\n',
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: \xc3\xbc\r\n\r\n',
]

/** Octets, a character each; whole lines but perhaps for the last. */
export function drawText(draws: Draws): string {
  const header = draws.pick(headers)
  if (draws.oneIn(15)) return header
  const body = Array.from({ length: draws.below(5) }, () => `${draws.pick(lines)}\r\n`).join('')
  if (draws.oneIn(8)) return `${header}${draws.pick(parts)}${body}\r\n--b--\r\n`
  const more = draws.oneIn(60) ? `${'0123456789'.repeat(7)}\r\n`.repeat(2_000) : ''
  return `${header}\r\n${more}${body}${draws.oneIn(6) ? '.' : ''}`
}
