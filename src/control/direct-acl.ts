// Rights to mailboxes, for an operator: the entries of access control lists, with addresses in the place of account numbers.

import type { Account, AccountNames } from '#accounts/account.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import { type RightsAction, readRights } from '#mail/rights.ts'
import { type AclEntry, anyone } from '#store/acl-entry.ts'
import type { Mailbox } from '#store/mailbox.ts'
import type { Store } from '#store/store.ts'
import type { AclInfo, AclRequest, GivenInfo } from './administration.ts'
import { limits } from './limits.ts'
import type { Page } from './page.ts'

interface AclNeeds {
  readonly directory: AccountNames
  readonly store: Store
}

/** Sets of rights by names that say more than their letters. */
const levels: ReadonlyMap<string, string> = new Map([
  ['read', 'lrs'],
  ['write', 'lrswite'],
  ['all', 'lrswipkxtea'],
])

export async function listAcl(
  needs: AclNeeds,
  { address, mailbox, after }: { readonly address: string; readonly mailbox?: string; readonly after?: string },
): Promise<Outcome<Page<AclInfo>>> {
  const owner = await needs.directory.named(address)
  if (owner === undefined) return { kind: 'no-such-account', subject: address }
  if (mailbox !== undefined) {
    const one = await needs.store.mailbox(owner.accountId, mailbox)
    if (one === undefined) return { kind: 'no-such-mailbox', subject: mailbox }
    return done({ items: await entriesOf(needs, owner, one) })
  }
  const items: AclInfo[] = []
  for (const one of await needs.store.mailboxes(owner.accountId)) {
    if (after !== undefined && one.name <= after) continue
    items.push(...(await entriesOf(needs, owner, one)))
    if (items.length >= limits.aclEntries) return done({ items, next: one.name })
  }
  return done({ items })
}

/** By owner and name. There are no more than an account may see of others: one page. */
export async function listGiven(needs: AclNeeds, address: string): Promise<Outcome<Page<GivenInfo>>> {
  const reader = await needs.directory.named(address)
  if (reader === undefined) return { kind: 'no-such-account', subject: address }
  const shared = await needs.store.shares.mailboxes(reader.accountId)
  const owners = await needs.directory.byId([...new Set(shared.map(one => one.accountId))])
  const items = shared.flatMap(({ accountId, mailbox, rights }) => {
    const owner = owners.get(accountId)
    return owner === undefined ? [] : [{ owner: owner.address, mailbox: mailbox.name, rights }]
  })
  return done({ items: items.toSorted((a, b) => compare(a.owner, b.owner) || compare(a.mailbox, b.mailbox)) })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

export async function setAcl(
  needs: AclNeeds,
  request: AclRequest & { readonly rights: string },
): Promise<Outcome<AclInfo>> {
  const action = request.rights.startsWith('+') ? 'add' : 'replace'
  const written = action === 'add' ? request.rights.slice(1) : request.rights
  const rights = readRights(levels.get(written) ?? written)
  if (rights === undefined || rights === '') return { kind: 'bad-rights', subject: request.rights }
  return await edit(needs, request, { action, rights })
}

/** Settles with what the entry was. */
export async function removeAcl(needs: AclNeeds, request: AclRequest): Promise<Outcome<AclInfo>> {
  const before = await listAcl(needs, request)
  if (before.kind !== 'done') return before
  const named = await granteeOf(needs, request.identifier)
  if (named === undefined) return { kind: 'no-such-account', subject: request.identifier }
  const found = before.value.items.find(one => one.identifier === named.identifier && one.negative === request.negative)
  if (found === undefined) return { kind: 'no-such-right', subject: request.identifier }
  const removed = await edit(needs, request, { action: 'replace', rights: '' })
  return removed.kind === 'done' ? done(found) : removed
}

async function edit(
  needs: AclNeeds,
  { address, mailbox, identifier, negative }: AclRequest,
  change: { readonly action: RightsAction; readonly rights: string },
): Promise<Outcome<AclInfo>> {
  const owner = await needs.directory.named(address)
  if (owner === undefined) return { kind: 'no-such-account', subject: address }
  const found = await needs.store.mailbox(owner.accountId, mailbox)
  if (found === undefined) return { kind: 'no-such-mailbox', subject: mailbox }
  const grantee = await granteeOf(needs, identifier)
  if (grantee === undefined) return { kind: 'no-such-account', subject: identifier }
  const { granteeId } = grantee
  if (granteeId === owner.accountId) return { kind: 'owner', subject: owner.address }
  const set = await needs.store.shares.setAcl(owner.accountId, found.mailboxId, { granteeId, negative, ...change })
  if (set.kind === 'no-such-account') return { kind: 'no-such-account', subject: identifier }
  if (set.kind === 'too-many') return { kind: 'too-many-rights', subject: found.name }
  if (set.kind !== 'done') return { kind: 'no-such-mailbox', subject: mailbox }
  const entries = await entriesOf(needs, owner, found)
  const now = entries.find(one => one.identifier === grantee.identifier && one.negative === negative)
  const gone = { owner: owner.address, mailbox: found.name, identifier: grantee.identifier, negative, rights: '' }
  return done(now ?? gone)
}

async function granteeOf({ directory }: AclNeeds, identifier: string) {
  // In any case, as by IMAP.
  if (identifier.toLowerCase() === 'anyone') return { granteeId: anyone, identifier: 'anyone' }
  const account = await directory.named(identifier)
  return account && { granteeId: account.accountId, identifier: account.address }
}

async function entriesOf({ directory, store }: AclNeeds, owner: Account, mailbox: Mailbox): Promise<AclInfo[]> {
  const entries = await store.shares.acl(owner.accountId, mailbox.mailboxId)
  const accounts = await directory.byId(entries.map(({ granteeId }) => granteeId))
  return entries.flatMap(entry => {
    const identifier = identifierOf(entry, accounts)
    if (identifier === undefined) return []
    const { negative, rights } = entry
    return [{ owner: owner.address, mailbox: mailbox.name, identifier, negative, rights }]
  })
}

function identifierOf({ granteeId }: AclEntry, accounts: ReadonlyMap<number, Account>): string | undefined {
  return granteeId === anyone ? 'anyone' : accounts.get(granteeId)?.address
}
