// GETMETADATA (RFC 5464 4.2).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { findMailbox } from '#imap/mailboxes.ts'
import { type Annotations, annotationsOf } from '#imap/metadata/annotations.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { type PrintedAnnotation, printMetadata } from '#wire/imap/print-metadata.ts'

type GetMetadata = CommandOf<'GETMETADATA'>

export async function getMetadata(conversation: Conversation, account: Account, command: GetMetadata): Promise<Reply> {
  const { mailbox, maxSizeBytes = Number.POSITIVE_INFINITY } = command
  const found = mailbox === '' ? undefined : await findMailbox(conversation, account, mailbox)
  const refusal = mailbox === '' ? undefined : refusalByName('GETMETADATA', found)
  if (refusal !== undefined) return refusal
  const asked = askedFor(await annotationsOf(conversation, account, found), command)
  const short = asked.filter(([, value]) => (value?.length ?? 0) <= maxSizeBytes)
  if (short.length > 0) conversation.output.text(printMetadata(found?.name ?? '', short, conversation.dialect))
  if (short.length === asked.length) return ok('Done')
  const longest = Math.max(...asked.map(([, value]) => value?.length ?? 0))
  return ok('Some are longer than that', { code: 'METADATA', problem: 'LONGENTRIES', number: longest })
}

/** What was named, as NIL where there is nothing; with a DEPTH what there is at and below the names. */
function askedFor(annotations: Annotations, { entries, depth }: GetMetadata): readonly PrintedAnnotation[] {
  if (depth === 0) return entries.map(entry => [entry, annotations.get(entry)])
  return [...annotations].filter(([entry]) => entries.some(top => isWithin(entry, top, depth)))
}

function isWithin(entry: string, top: string, depth: 1 | 'infinity'): boolean {
  if (entry === top) return true
  if (!entry.startsWith(`${top}/`)) return false
  return depth === 'infinity' || !entry.slice(top.length + 1).includes('/')
}
