// GENURLAUTH (RFC 4467 7): URLs by which others may read one message, or a piece of it, without being the account.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { findMailbox } from '#imap/mailboxes.ts'
import { bad, no, noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { mechanism as known, tokenOf } from '#imap/url-auth.ts'
import { isHere, isNamed, readUrl } from '#imap/url-octets.ts'
import { printString } from '#wire/imap/print.ts'

type Made = { readonly kind: 'url'; readonly url: string } | { readonly kind: 'reply'; readonly reply: Reply }

export async function genUrlAuth(
  conversation: Conversation,
  account: Account,
  { urls }: CommandOf<'GENURLAUTH'>,
): Promise<Reply> {
  const made: string[] = []
  for (const { rump, mechanism } of urls) {
    if (mechanism !== known) return no('CANNOT', `Only ${known} is known here`)
    const one = await authorize(conversation, account, rump)
    if (one.kind === 'reply') return one.reply
    made.push(printString(one.url))
  }
  conversation.output.text(`* GENURLAUTH ${made.join(' ')}\r\n`)
  return ok('Done')
}

async function authorize(conversation: Conversation, account: Account, rump: string): Promise<Made> {
  const url = readUrl(rump)
  const authorization = url?.authorization
  // The token is made over what was read as the rump: nothing may stand behind it.
  if (url === undefined || authorization === undefined || authorization.rump !== rump || url.mailbox === undefined)
    return refused(bad('This is no URL to be authorized'))
  const user = url.server?.user
  if (user === undefined || !isNamed(account, user) || !isHere(conversation, url))
    return refused(no('NOPERM', 'Only your own messages, here'))
  const found = await findMailbox(conversation, account, url.mailbox)
  const refusal = refusalByName('GENURLAUTH', found)
  if (refusal !== undefined || found === undefined) return refused(refusal ?? noSuchMailbox())
  const place = { accountId: account.accountId, ownerId: found.accountId, mailboxId: found.mailbox.mailboxId }
  const key = await conversation.needs.store.makeUrlKey(place)
  return { kind: 'url', url: `${rump}:internal:${tokenOf(key, rump)}` }
}

function refused(reply: Reply): Made {
  return { kind: 'reply', reply }
}
