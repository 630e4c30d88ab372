// URLFETCH (RFC 4467 7): what authorized URLs name, NIL for each that gives this client nothing.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { rangeBytes } from '#imap/limits.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { authorizedOctets } from '#imap/url-auth.ts'
import { readUrl, type UrlOctets } from '#imap/url-octets.ts'
import { withoutNul } from '#imap/without-nul.ts'
import { printString } from '#wire/imap/print.ts'

export async function urlFetch(
  conversation: Conversation,
  account: Account,
  { urls }: CommandOf<'URLFETCH'>,
): Promise<Reply> {
  const { output } = conversation
  output.text('* URLFETCH')
  output.isMidResponse = true
  for (const text of urls) {
    const url = readUrl(text)
    const octets = url === undefined ? undefined : await authorizedOctets(conversation, account, url)
    output.text(` ${printString(text)} `)
    if (octets === undefined) output.text('NIL')
    else await tell(conversation, octets)
    await conversation.breathe()
  }
  output.text('\r\n')
  output.isMidResponse = false
  return ok('Done')
}

async function tell(conversation: Conversation, { sizeBytes, read }: UrlOctets): Promise<void> {
  const { output } = conversation
  output.text(`{${sizeBytes}}\r\n`)
  for (let start = 0; start < sizeBytes; start += rangeBytes) {
    output.bytes(withoutNul(await read(start, Math.min(start + rangeBytes, sizeBytes))))
    if (output.isFull) await conversation.breathe()
  }
}
