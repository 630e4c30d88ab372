// Whose owner is to be told that both protocols are in use: looked at in the background, whenever a device was written down, and told by a message in INBOX.
// That it was told is written by the transaction that delivers it, so that it comes once.

import type { AccountNames } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database } from '#io/sql/database.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { fromUtf8 } from '#text/bytes.ts'
import { lastUses, readDevices } from './device-row.ts'
import { hiddenOf } from './hidden.ts'
import { composeNotice } from './notice-text.ts'
import { type AccountSettings, isNoticeDue, type RetrievalConfig } from './policy.ts'
import type { Settings } from './settings.ts'
import { readSettings, writeSettings } from './settings-row.ts'

export interface NoticesNeeds {
  readonly database: Database
  readonly store: Store
  readonly accounts: Pick<AccountNames, 'byId'>
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly hostname: string
  readonly config: RetrievalConfig
}

export class Notices {
  readonly #needs: NoticesNeeds

  constructor(needs: NoticesNeeds) {
    this.#needs = needs
  }

  /** Never rejects: what is not told now is told when a device is written down again. */
  async consider(accountIds: ReadonlySet<number>): Promise<void> {
    const { config, log } = this.#needs
    if (!config.notices) return
    for (const accountId of accountIds) {
      try {
        await this.#considerOne(accountId)
      } catch (error) {
        log.warn('retrieval.notice-failed', { accountId, reason: String(error) })
      }
    }
  }

  async #considerOne(accountId: number): Promise<void> {
    const { settings, database, config, clock } = this.#needs
    const set = await settings.of(accountId)
    const uses = await database.read(tx => lastUses(tx, accountId))
    const [pop3At, otherAt] = [uses.get('pop3'), uses.get('imap')]
    if (isNoticeDue({ settings: set, config, pop3At, otherAt, now: clock.now() })) await this.#tell(accountId, set)
  }

  async #tell(accountId: number, settings: AccountSettings): Promise<void> {
    const { database, store, accounts, clock, log, hostname, random, config } = this.#needs
    const account = (await accounts.byId([accountId])).get(accountId)
    if (account === undefined || account.disabled) return
    const { address } = account
    const now = clock.now()
    await using notice = await this.#spool(
      composeNotice({
        language: settings.language ?? config.language,
        hostname,
        id: Buffer.from(random.bytes(12)).toString('hex'),
        now,
        address,
        devices: await database.read(tx => readDevices(tx, accountId)),
        hidden: (await hiddenOf(store, accountId)).uids.length,
      }),
    )
    notice.alongside = async tx =>
      await writeSettings(tx, accountId, { ...(await readSettings(tx, accountId)), noticedAt: now })
    await store.deliver(notice, [{ accountId, mailbox: 'INBOX', prefix: fromUtf8('Return-Path: <>\r\n') }])
    this.#needs.settings.changed(accountId)
    log.info('retrieval.noticed', { accountId })
  }

  async #spool(bytes: Uint8Array): Promise<SpooledMessage> {
    await using writer = this.#needs.store.spool.open()
    await writer.write(bytes)
    return await writer.finish()
  }
}
