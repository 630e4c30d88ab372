// What there is to watch: all mailboxes that the account may know of, and what it subscribes to. Followed first and looked at afterwards, so that
// nothing falls between.

import type { Account } from '#accounts/account.ts'
import type { Conversation } from '#imap/conversation.ts'
import { type Found, listMailboxes } from '#imap/mailboxes.ts'
import type { Notices } from './notices.ts'

/** Settles with the mailboxes as they were at a moment from which on every change is told. */
export async function learnMailboxes(
  conversation: Conversation,
  account: Account,
  notices: Notices,
): Promise<readonly Found[]> {
  notices.beginLearning()
  try {
    for (;;) {
      const mailboxes = await listMailboxes(conversation, account)
      const subscribed = await conversation.needs.store.subscriptions(account.accountId)
      const owners = new Set(mailboxes.map(({ accountId }) => accountId))
      // Of those who are followed since this moment only the list may be too old.
      if (notices.follow(owners)) continue
      notices.learn(mailboxes, subscribed)
      return mailboxes
    }
  } catch (error) {
    notices.giveUpLearning()
    throw error
  }
}
