// The LIST command (RFC 1939 5).

import { ok } from '#wire/pop3/print.ts'
import type { Maildrop } from './maildrop.ts'
import { countText, noSuchMessage, type Reply } from './reply.ts'

/** Sizes, of one message or of all that are not marked. */
export function list(maildrop: Maildrop, number: number | undefined): Reply {
  if (number === undefined) return { kind: 'listing', text: countText(maildrop), lines: lines(maildrop) }
  return maildrop.has(number) ? ok(line(maildrop, number)) : noSuchMessage
}

function* lines(maildrop: Maildrop): Generator<string> {
  for (const number of maildrop.numbers()) yield line(maildrop, number)
}

function line(maildrop: Maildrop, number: number): string {
  return `${number} ${maildrop.sizeOf(number)}`
}
