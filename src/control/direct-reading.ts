// By what an account is read, for an operator: what is set, what comes of it, which devices there are, and the end of what was hidden.

import type { Account } from '#accounts/account.ts'
import type { Directory } from '#accounts/directory.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import type { RetrievalDesk } from '#retrieval/desk.ts'
import { hiddenOf } from '#retrieval/hidden.ts'
import { noticeLanguages } from '#retrieval/notice-text.ts'
import type { AccountSettings } from '#retrieval/policy.ts'
import type { Store } from '#store/store.ts'
import type { Administration, DeviceInfo, ReadingInfo } from './administration.ts'
import type { Page } from './page.ts'

interface ReadingNeeds {
  readonly directory: Directory
  readonly store: Store
  readonly retrieval: Pick<RetrievalDesk, 'state' | 'set'>
}

type Request<Verb extends keyof Administration> = Parameters<Administration[Verb]>[0]

export async function showReading(needs: ReadingNeeds, address: string): Promise<Outcome<ReadingInfo>> {
  const found = await needs.directory.account(address)
  return found.kind === 'done' ? done((await readingOf(needs, found.value)).reading) : found
}

export async function setReading(needs: ReadingNeeds, request: Request<'setReading'>): Promise<Outcome<ReadingInfo>> {
  const found = await needs.directory.account(request.address)
  if (found.kind !== 'done') return found
  const edit = editOf(request)
  if (typeof edit === 'string') return { kind: 'bad-setting', subject: edit }
  await needs.retrieval.set(found.value.accountId, edit)
  return done((await readingOf(needs, found.value)).reading)
}

export async function listDevices(needs: ReadingNeeds, address: string): Promise<Outcome<Page<DeviceInfo>>> {
  const found = await needs.directory.account(address)
  if (found.kind !== 'done') return found
  return done({ items: (await needs.retrieval.state(found.value)).devices })
}

export async function endHiding(
  { directory, store }: ReadingNeeds,
  { address, remove }: Request<'endHiding'>,
): Promise<Outcome<{ readonly count: number }>> {
  const found = await directory.account(address)
  if (found.kind !== 'done') return found
  const { accountId } = found.value
  const { mailboxId, uids } = await hiddenOf(store, accountId)
  if (mailboxId === undefined || uids.length === 0) return done({ count: 0 })
  const ended = remove
    ? await store.expunge(accountId, mailboxId, uids, { onlyDeleted: false, by: 'pop3' })
    : await store.take(accountId, mailboxId, uids, { taken: false })
  return done({ count: ended.length })
}

/** What `account show` tells of it. */
export async function readingOf(
  { store, retrieval }: Pick<ReadingNeeds, 'store' | 'retrieval'>,
  account: Account,
): Promise<{ readonly reading: ReadingInfo; readonly devices: readonly DeviceInfo[] }> {
  const state = await retrieval.state(account)
  const { uids, bytes } = await hiddenOf(store, account.accountId)
  const reading = {
    address: account.address,
    onDeleteSet: state.settings.onDelete ?? null,
    onDelete: state.onDelete,
    why: state.why,
    imapAt: state.otherAt ?? null,
    retrieval: state.retrieval,
    language: state.language,
    hiddenMessages: uids.length,
    hiddenBytes: bytes,
  }
  return { reading, devices: state.devices }
}

type Edit = Partial<Omit<AccountSettings, 'noticedAt'>>
type Editable<K extends keyof Edit> = Readonly<Record<string, Edit[K]>>

const onDeletes: Editable<'onDelete'> = { auto: 'auto', hide: 'hide', trash: 'trash', delete: 'delete' }
const retrievals: Editable<'retrieval'> = { any: 'any', imap: 'imap', pop3: 'pop3' }
const languages: Editable<'language'> = Object.fromEntries(noticeLanguages.map(({ tag }) => [tag, tag]))

/** The edit, or the value that cannot be set. */
function editOf(request: Request<'setReading'>): Edit | string {
  const { onDelete, retrieval, language } = request
  const bad = [badOf(onDelete, onDeletes), badOf(retrieval, retrievals), badOf(language, languages)].find(
    value => value !== undefined,
  )
  if (bad !== undefined) return bad
  // `default` is none of the names: undefined, which is what it means.
  return {
    ...(onDelete === undefined ? {} : { onDelete: onDeletes[onDelete] }),
    ...(retrieval === undefined ? {} : { retrieval: retrievals[retrieval] }),
    ...(language === undefined ? {} : { language: languages[language] }),
  }
}

function badOf(value: string | undefined, known: Readonly<Record<string, unknown>>): string | undefined {
  return value === undefined || value === 'default' || Object.hasOwn(known, value) ? undefined : value
}
