// The guard over accounts that are read by POP3 and IMAP, for transcripts: opened when it is first asked for, over the place's own store.
// Accounts are as old as the place, but for those that `older` makes older than all that is known.

import assert from 'node:assert/strict'
import type { Account } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database } from '#io/sql/database.ts'
import type { RetrievalDesk } from '#retrieval/desk.ts'
import { openRetrieval } from '#retrieval/open.ts'
import type { AccountSettings } from '#retrieval/policy.ts'
import type { Reader, Retrieval } from '#retrieval/retrieval.ts'
import type { Store } from '#store/store.ts'

export interface GuardNeeds {
  readonly database: Database
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly random: Random
  readonly account: (accountId: number) => Account
}

export class Guard implements Retrieval, AsyncDisposable {
  readonly #needs: GuardNeeds
  readonly #startedAt: number
  readonly #older = new Set<number>()
  #desk: Promise<RetrievalDesk> | undefined

  constructor(needs: GuardNeeds) {
    this.#needs = needs
    this.#startedAt = needs.clock.now()
  }

  async admit(login: Parameters<Retrieval['admit']>[0]) {
    return await (await this.desk()).admit({ ...login, account: this.#aged(login.account) })
  }

  async onDelete(account: Reader) {
    return await (await this.desk()).onDelete(this.#aged(account))
  }

  desk(): Promise<RetrievalDesk> {
    const { account, ...needs } = this.#needs
    const byId = async (ids: readonly number[]) => new Map(ids.map(id => [id, account(id)]))
    const config = { onDelete: 'auto', retrieval: 'any', notices: true, language: 'en' } as const
    this.#desk ??= openRetrieval({ ...needs, accounts: { byId }, hostname: 'mail.example.test', config })
    return this.#desk
  }

  /** `on-delete=trash`, `retrieval=imap`, `language=de`; `older`; `shared`: INBOX is, with that account. */
  async set(accountId: number, words: readonly string[], sharedWith: number): Promise<void> {
    for (const word of words) {
      const [name, value] = word.split('=')
      if (name === 'older') this.#older.add(accountId)
      else if (name === 'shared') await this.#share(accountId, sharedWith)
      else await (await this.desk()).set(accountId, editOf(name, value))
    }
  }

  /** Everything that is noted is written, and told to whom it is due. */
  async write(): Promise<void> {
    await (await this.desk()).write()
  }

  /** `imap 198.51.100.0/24 Name, OS: taken 1, removed 0, hidden 0`: a device that there must be. */
  async device(accountId: number, wanted: string): Promise<void> {
    const { devices } = await (await this.desk()).state(this.#aged({ accountId, createdAt: 0 }))
    const lines = devices.map(
      ({ protocol, network, client, taken, removed, hidden }) =>
        `${protocol} ${network} ${client}: taken ${taken}, removed ${removed}, hidden ${hidden}`,
    )
    assert.ok(lines.includes(wanted), `wanted ${wanted}, there are\n${lines.join('\n')}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#desk)?.[Symbol.asyncDispose]()
  }

  #aged({ accountId }: Reader): Reader {
    return { accountId, createdAt: this.#older.has(accountId) ? 0 : this.#startedAt }
  }

  async #share(accountId: number, granteeId: number): Promise<void> {
    const inbox = await this.#needs.store.mailbox(accountId, 'INBOX')
    assert.ok(inbox)
    const edit = { granteeId, negative: false, action: 'replace', rights: 'lr' } as const
    assert.deepEqual(await this.#needs.store.shares.setAcl(accountId, inbox.mailboxId, edit), { kind: 'done' })
  }
}

function editOf(name: string | undefined, value: string | undefined): Partial<AccountSettings> {
  // A transcript's own words.
  if (name === 'on-delete') return { onDelete: value as AccountSettings['onDelete'] }
  if (name === 'retrieval') return { retrieval: value as AccountSettings['retrieval'] }
  assert.equal(name, 'language')
  return { language: value }
}
