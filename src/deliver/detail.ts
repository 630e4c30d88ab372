// Where `alice+x@` goes (RFC 5233): to the mailbox `x` of hers, if there is one, else to INBOX. Never makes a mailbox: anybody could.

import type { Mailbox, SpecialUse } from '#store/mailbox.ts'
import type { Store } from '#store/store.ts'

/** What stands in these the owner wrote: nobody else puts anything there. */
const ownWriting: readonly (SpecialUse | undefined)[] = ['\\Sent', '\\Drafts']

/** The name of the mailbox for `detail`: exactly so if there is one, else in any case. */
export async function mailboxForDetail(store: Store, accountId: number, detail: string): Promise<string> {
  const exact = await store.mailbox(accountId, detail)
  const found = exact ?? (await inAnyCase(store, accountId, detail))
  return found === undefined || ownWriting.includes(found.specialUse) ? 'INBOX' : found.name
}

async function inAnyCase(store: Store, accountId: number, detail: string): Promise<Mailbox | undefined> {
  const folded = detail.toLowerCase()
  const mailboxes = await store.mailboxes(accountId)
  return mailboxes.find(mailbox => mailbox.name.toLowerCase() === folded)
}
