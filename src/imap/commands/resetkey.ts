// RESETKEY (RFC 4467 7): the URLs that were given out are worth nothing any more, of one mailbox or of all.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { findMailbox } from '#imap/mailboxes.ts'
import { no, noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { mechanism as known } from '#imap/url-auth.ts'

export async function resetKey(
  conversation: Conversation,
  account: Account,
  { mailbox, mechanisms }: CommandOf<'RESETKEY'>,
): Promise<Reply> {
  const { store } = conversation.needs
  if (mechanisms.some(mechanism => mechanism !== known)) return no('CANNOT', `Only ${known} is known here`)
  if (mailbox === undefined) await store.resetUrlKeys(account.accountId)
  else {
    const found = await findMailbox(conversation, account, mailbox)
    const refusal = refusalByName('RESETKEY', found)
    if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
    await store.resetUrlKeys(account.accountId, { ownerId: found.accountId, mailboxId: found.mailbox.mailboxId })
  }
  return ok('Done', { code: 'URLMECH', mechanisms: [known] })
}
