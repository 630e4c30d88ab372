// A name for a mailbox that is to be made, by CREATE or RENAME: in whose account, and whether the client may (RFC 4314 4).

import type { Account } from '#accounts/account.ts'
import { parentsOf } from '#store/names.ts'
import type { Conversation } from './conversation.ts'
import { isElsewhere, ownerOf } from './mailboxes.ts'
import type { Reply } from './reply.ts'
import { noPermission, rightsByName } from './rights.ts'

export type NewName =
  | { readonly kind: 'name'; readonly accountId: number; readonly name: string }
  | { readonly kind: 'reply'; readonly reply: Reply }

/** Among another's mailboxes it takes the right to make some below the nearest that is there. */
export async function newName(conversation: Conversation, account: Account, written: string): Promise<NewName> {
  if (!isElsewhere(written)) return { kind: 'name', accountId: account.accountId, name: written }
  const elsewhere = await ownerOf(conversation, account, written)
  if (elsewhere === undefined) return refused
  const { owner, name } = elsewhere
  const { store } = conversation.needs
  for (const above of parentsOf(name).reverse()) {
    if ((await store.mailbox(owner.accountId, above)) === undefined) continue
    const shared = await store.shares.mailbox(owner.accountId, account.accountId, above)
    return shared?.rights.includes(rightsByName.CREATE) ? { kind: 'name', accountId: owner.accountId, name } : refused
  }
  return refused
}

const refused: NewName = { kind: 'reply', reply: noPermission() }
