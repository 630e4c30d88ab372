// From a mailbox name, as a client writes it, to the mailbox: whose it is, and what this client may do with it (RFC 4314).
// One's own stand at the root, those of others under `Other Users/ADDRESS/` (RFC 2342 3).

import type { Account } from '#accounts/account.ts'
import { allRights } from '#mail/rights.ts'
import { delimiter, type Mailbox } from '#store/mailbox.ts'
import type { MailboxView } from '#store/mailbox-view.ts'
import { normalName } from '#store/names.ts'
import type { Conversation } from './conversation.ts'

export interface Found {
  /** Whose it is. */
  readonly accountId: number
  /** Its counts and HIGHESTMODSEQ are those of this client: \Seen is each reader's own. */
  readonly mailbox: Mailbox
  /** As this client calls it. */
  readonly name: string
  /** Letters of RFC 4314 2.1; of one's own all. Without `l` it must look as if it were not there (RFC 4314 6). */
  readonly rights: string
}

/** A name among others' mailboxes: whose, and what the owner calls it; '' for the place where all of the owner's stand. */
export interface Elsewhere {
  readonly owner: Account
  readonly name: string
}

/** What the names of others' mailboxes begin with. */
export const othersPrefix = `Other Users${delimiter}`

/** Undefined: there is none of this name that the account has any right to. */
export async function findMailbox(
  conversation: Conversation,
  account: Account,
  name: string,
): Promise<Found | undefined> {
  const { store } = conversation.needs
  const { accountId } = account
  if (!isElsewhere(name)) {
    const mailbox = await store.mailbox(accountId, name)
    return mailbox && { accountId, mailbox, name: mailbox.name, rights: allRights }
  }
  const elsewhere = await ownerOf(conversation, account, name)
  if (elsewhere === undefined) return undefined
  const shared = await store.shares.mailbox(elsewhere.owner.accountId, accountId, elsewhere.name)
  return shared && { ...shared, name: nameOf(elsewhere.owner, shared.mailbox) }
}

/** Whether a name can only be that of another's mailbox. */
export function isElsewhere(name: string): boolean {
  return name.startsWith(othersPrefix) || name === othersPrefix.slice(0, -1)
}

/** Whose the name is; undefined if nobody's, or one's own. The mailbox need not exist. */
export async function ownerOf(
  { needs }: Conversation,
  { accountId }: Account,
  name: string,
): Promise<Elsewhere | undefined> {
  const rest = name.slice(othersPrefix.length)
  // An address may hold the delimiter, behind its @ it can't.
  const end = rest.indexOf(delimiter, rest.indexOf('@') + 1)
  const address = end === -1 ? rest : rest.slice(0, end)
  const owner = address.includes('@') ? await needs.accounts.named(address) : undefined
  if (owner === undefined || owner.accountId === accountId) return undefined
  return { owner, name: end === -1 ? '' : normalName(rest.slice(end + 1)) }
}

/** All mailboxes that the account may know of: its own, and those of others that it has the right to look up. */
export async function listMailboxes(conversation: Conversation, account: Account): Promise<readonly Found[]> {
  const { accountId } = account
  const mailboxes = await conversation.needs.store.mailboxes(accountId)
  const own = mailboxes.map(mailbox => ({ accountId, mailbox, name: mailbox.name, rights: allRights }))
  return [...own, ...(await othersMailboxes(conversation, account))]
}

/** The mailbox that is selected; unlike in `listMailboxes` its right `l` may be missing: the client has it open all the same. */
export async function selectedMailbox(
  conversation: Conversation,
  account: Account,
  { accountId, mailboxId }: Pick<MailboxView, 'accountId' | 'mailboxId'>,
): Promise<Found | undefined> {
  const { store, accounts } = conversation.needs
  const isIt = (mailbox: Mailbox) => mailbox.mailboxId === mailboxId
  if (accountId === account.accountId) {
    const mailbox = (await store.mailboxes(accountId)).find(isIt)
    return mailbox && { accountId, mailbox, name: mailbox.name, rights: allRights }
  }
  const shared = await store.shares.mailboxes(account.accountId)
  const one = shared.find(each => each.accountId === accountId && isIt(each.mailbox))
  const owner = (await accounts.byId([accountId])).get(accountId)
  return one && owner && { ...one, name: nameOf(owner, one.mailbox) }
}

async function othersMailboxes({ needs }: Conversation, { accountId }: Account): Promise<readonly Found[]> {
  const shared = (await needs.store.shares.mailboxes(accountId)).filter(({ rights }) => rights.includes('l'))
  if (shared.length === 0) return []
  const subscribed = new Set(await needs.store.subscriptions(accountId))
  const owners = await needs.accounts.byId([...new Set(shared.map(one => one.accountId))])
  return shared.flatMap(one => {
    const owner = owners.get(one.accountId)
    if (owner === undefined) return []
    const name = nameOf(owner, one.mailbox)
    return [{ ...one, name, mailbox: { ...one.mailbox, subscribed: subscribed.has(name) } }]
  })
}

/** Undefined if it went away meanwhile, or the right to read it. */
export async function openFound(
  { needs }: Conversation,
  account: Account,
  { accountId, mailbox }: Found,
): Promise<MailboxView | undefined> {
  const { mailboxId } = mailbox
  if (accountId === account.accountId) return await needs.store.openView(accountId, mailboxId)
  return await needs.store.shares.openView(accountId, mailboxId, account.accountId)
}

function nameOf({ address }: Account, { name }: Mailbox): string {
  return `${othersPrefix}${address}${delimiter}${name}`
}
