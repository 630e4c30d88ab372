// The guard at work: who is let in, what DELE does, whose owner is to be told.

import { migrate } from '#io/sql/migrate.ts'
import { networkOf } from '#throttle/network.ts'
import type { RetrievalDesk, RetrievalState } from './desk.ts'
import { lastUses, readDevices } from './device-row.ts'
import { Devices } from './devices.ts'
import { migrations } from './migrations.ts'
import { Notices, type NoticesNeeds } from './notices.ts'
import { OpenSession } from './open-session.ts'
import { type AccountSettings, type Facts, letsIn, onDeleteOf, pinningOf } from './policy.ts'
import type { Admission, Login, OnDelete, Reader } from './retrieval.ts'
import { Settings } from './settings.ts'
import { forgetAccount, knownSince } from './settings-row.ts'

export type RetrievalNeeds = Omit<NoticesNeeds, 'settings'>

/** Brings the tables up to date first. */
export async function openRetrieval(needs: RetrievalNeeds): Promise<RetrievalDesk> {
  await migrate(needs.database, 'retrieval', migrations, needs.clock)
  const now = needs.clock.now()
  return new Guard(needs, await needs.database.write(tx => knownSince(tx, now)))
}

class Guard implements RetrievalDesk {
  readonly #needs: RetrievalNeeds
  readonly #knownSince: number
  readonly #settings: Settings
  readonly #devices: Devices

  constructor(needs: RetrievalNeeds, since: number) {
    const { database, clock, log } = needs
    this.#needs = needs
    this.#knownSince = since
    this.#settings = new Settings(database, clock)
    const notices = new Notices({ ...needs, settings: this.#settings })
    this.#devices = new Devices({ database, clock, log, onWritten: accountIds => notices.consider(accountIds) })
  }

  async admit(login: Login): Promise<Admission> {
    const { config, clock } = this.#needs
    const { accountId } = login.account
    const session = new OpenSession(login, { network: networkOf(login.address), now: clock.now() }, this.#devices)
    // Among the open ones first, looked at afterwards: a pin that is set meanwhile finds it.
    this.#devices.began(session)
    const pinning = pinningOf(await this.#settingsOf(accountId, session), config)
    if (pinning === 'any' || pinning === login.protocol) return { kind: 'welcome', session }
    this.#devices.refused(session)
    return { kind: 'pinned', to: pinning }
  }

  async #settingsOf(accountId: number, session: OpenSession): Promise<AccountSettings> {
    try {
      return await this.#settings.of(accountId)
    } catch (error) {
      this.#devices.refused(session)
      throw error
    }
  }

  async onDelete(account: Reader): Promise<OnDelete> {
    return onDeleteOf(await this.#facts(account)).onDelete
  }

  async state(account: Reader): Promise<RetrievalState> {
    const { accountId } = account
    // On a full disk what is written down is still told.
    await this.#devices.write(accountId).catch(() => {})
    const facts = await this.#facts(account)
    const { settings, config, otherAt } = facts
    return {
      ...onDeleteOf(facts),
      settings,
      retrieval: pinningOf(settings, config),
      language: settings.language ?? config.language,
      otherAt,
      devices: await this.#needs.database.read(tx => readDevices(tx, accountId)),
    }
  }

  async set(accountId: number, edit: Partial<AccountSettings>): Promise<void> {
    const pinning = pinningOf(await this.#settings.set(accountId, edit), this.#needs.config)
    for (const session of this.#devices.sessionsOf(accountId)) if (!letsIn(pinning, session.protocol)) session.pin()
  }

  async forget(accountId: number): Promise<void> {
    this.#devices.forget(accountId)
    await this.#needs.database.write(tx => forgetAccount(tx, accountId))
    this.#settings.changed(accountId)
  }

  async write(): Promise<void> {
    await this.#devices.write()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#devices[Symbol.asyncDispose]()
  }

  /** Of those that matter only as many are asked for as cost something. */
  async #facts({ accountId, createdAt }: Reader): Promise<Facts> {
    const { config, clock } = this.#needs
    const settings = await this.#settings.of(accountId)
    const isAuto = (settings.onDelete ?? config.onDelete) === 'auto'
    return {
      settings,
      config,
      otherAt: await this.#otherAt(accountId),
      isShared: isAuto && (await this.#isShared(accountId)),
      createdAt,
      knownSince: this.#knownSince,
      now: clock.now(),
    }
  }

  async #otherAt(accountId: number): Promise<number | undefined> {
    if (this.#devices.isUsed(accountId, 'imap')) return this.#needs.clock.now()
    return (await this.#needs.database.read(tx => lastUses(tx, accountId))).get('imap')
  }

  async #isShared(accountId: number): Promise<boolean> {
    const { store } = this.#needs
    const inbox = await store.mailbox(accountId, 'INBOX')
    if (inbox === undefined) return false
    const entries = await store.shares.acl(accountId, inbox.mailboxId)
    return entries.some(({ negative, rights }) => !negative && rights.includes('r'))
  }
}
