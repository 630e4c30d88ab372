// The UIDL command (RFC 1939 7).

import { ok } from '#wire/pop3/print.ts'
import type { Maildrop } from './maildrop.ts'
import { countText, noSuchMessage, type Reply } from './reply.ts'

/** Unique-ids, of one message or of all that are not marked. */
export async function uidl(maildrop: Maildrop, number: number | undefined): Promise<Reply> {
  const idOf = await maildrop.uniqueIds()
  if (number === undefined) return { kind: 'listing', text: countText(maildrop), lines: lines(maildrop, idOf) }
  return maildrop.has(number) ? ok(`${number} ${idOf(number)}`) : noSuchMessage
}

function* lines(maildrop: Maildrop, idOf: (number: number) => string): Generator<string> {
  for (const number of maildrop.numbers()) yield `${number} ${idOf(number)}`
}
