// What was removed, for an operator: listed with what it was, put back by its id, which is POP3's unique-id for the entry.

import type { AccountNames } from '#accounts/account.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import { readEnvelope } from '#mail/envelope.ts'
import { readHeader } from '#mail/header.ts'
import type { Buried, RemovedBy, Store } from '#store/store.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { printUniqueId } from '#wire/pop3/print.ts'
import type { Administration, DeletedInfo, RestoredInfo } from './administration.ts'
import { limits } from './limits.ts'
import type { Page } from './page.ts'

interface DeletedNeeds {
  readonly directory: AccountNames
  readonly store: Store
}

type Request<Verb extends keyof Administration> = Parameters<Administration[Verb]>[0]

export async function listDeleted(
  { directory, store }: DeletedNeeds,
  request: Request<'listDeleted'>,
): Promise<Outcome<Page<DeletedInfo>>> {
  const { address, mailbox, since, by, after } = request
  const account = await directory.named(address)
  if (account === undefined) return { kind: 'no-such-account', subject: address }
  const most = limits.deletedPerPage
  const filter = { mailbox, since, by: by === undefined ? undefined : readBy(by), most }
  // No message was removed by a protocol that there is not.
  if (by !== undefined && filter.by === undefined) return done({ items: [] })
  const place = after === undefined ? undefined : readId(after)
  const found = await store.buried(account.accountId, { ...filter, after: place })
  const items: DeletedInfo[] = []
  for (let at = 0; at < found.length; at += limits.deletedAtOnce) {
    const some = found.slice(at, at + limits.deletedAtOnce)
    items.push(...(await Promise.all(some.map(one => asData(store, account.accountId, one)))))
  }
  const last = items.at(-1)
  return done(found.length < most || last === undefined ? { items } : { items, next: last.id })
}

export async function restoreDeleted(
  { directory, store }: DeletedNeeds,
  { address, ids, mailbox, forPop3 }: Request<'restoreDeleted'>,
): Promise<Outcome<{ readonly items: readonly RestoredInfo[] }>> {
  const account = await directory.named(address)
  if (account === undefined) return { kind: 'no-such-account', subject: address }
  const entryIds: number[] = []
  for (const id of ids.split(' ').filter(id => id !== '')) {
    const entryId = readId(id)
    if (entryId === undefined) return { kind: 'no-such-message', subject: id }
    entryIds.push(entryId)
  }
  const outcome = await store.restore(account.accountId, entryIds, { mailbox, forPop3 })
  if (outcome.kind === 'over-quota') return { kind: 'over-quota', subject: account.address }
  if (outcome.kind !== 'done') return { kind: 'bad-mailbox', subject: mailbox ?? '' }
  const items = outcome.restored.map(one => ({
    id: printUniqueId(one.entryId),
    mailbox: one.mailbox,
    hiddenFromPop3: one.taken,
  }))
  return done({ items })
}

async function asData(store: Store, accountId: number, buried: Buried): Promise<DeletedInfo> {
  const { entryId, messageId, removedAt, keptUntil, by, mailbox, sizeBytes } = buried
  const message = await store.message(accountId, messageId)
  const { from, subject } = readEnvelope(readHeader((await message?.read(0, limits.deletedHeadBytes)) ?? noOctets))
  return {
    id: printUniqueId(entryId),
    deletedAt: removedAt,
    keptUntil,
    by: by ?? null,
    mailbox,
    from: addressOf(from[0]),
    subject: decodeEncodedWords(subject ?? '').slice(0, limits.subjectLength),
    sizeBytes,
  }
}

const noOctets = new Uint8Array(0)

function addressOf(first: ReturnType<typeof readEnvelope>['from'][0] | undefined): string {
  if (first === undefined) return ''
  const { mailbox = '', host = '' } = first
  return decodeEncodedWords(host === '' ? mailbox : `${mailbox}@${host}`).slice(0, limits.subjectLength)
}

function readBy(text: string): RemovedBy | undefined {
  return text === 'imap' || text === 'pop3' ? text : undefined
}

/** The entry id; undefined if it is none of ours. */
function readId(text: string): number | undefined {
  const entryId = /^ph[0-9a-z]{1,11}$/.test(text) ? Number.parseInt(text.slice(2), 36) : Number.NaN
  return Number.isSafeInteger(entryId) ? entryId : undefined
}
