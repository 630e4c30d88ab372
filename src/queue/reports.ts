// What became of recipients, told to the sender (RFC 3461, 3464), from the null path, so that it is never answered: rounds over the messages that owe a
// report. The report comes into the sender's mailbox, or into this very queue, in the transaction in which the rows go that it tells of.

import type { Resolver } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { parseAddress } from '#mail/address.ts'
import type { DsnRecipient } from '#mail/dsn.ts'
import { asLines } from '#store/as-lines.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import type { WithAccept } from './accept.ts'
import type { Carriage } from './carriage.ts'
import { composeReport } from './compose-report.ts'
import { limits } from './limits.ts'
import type { NewMessage, NewRecipient } from './queue.ts'
import { claimReports, finishReport, firstReport, type Told, toldOf } from './report-rows.ts'
import { type Key, messageOf, type QueuedMessage } from './rows.ts'

export interface ReportsNeeds {
  readonly database: Database
  readonly store: Store
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly carriage: Pick<Carriage, 'schedule'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly hostname: string
  accept(message: NewMessage, also: WithAccept): Promise<unknown>
}

export class Reports {
  readonly #needs: ReportsNeeds
  #nextAt = Number.POSITIVE_INFINITY
  #timer: Disposable | undefined
  #round: Promise<void> | undefined
  #closed = false

  constructor(needs: ReportsNeeds) {
    this.#needs = needs
  }

  async start(): Promise<void> {
    const at = await this.#needs.database.read(firstReport)
    if (at !== undefined) this.owed(at)
  }

  /** A report is due at `at`. */
  owed(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at)
    if (this.#round === undefined) this.#arm()
  }

  /** Undefined: nothing is under way. */
  get running(): Promise<void> | undefined {
    return this.#round
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    await this.#round
  }

  #arm(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#closed || this.#nextAt === Number.POSITIVE_INFINITY) return
    const { clock } = this.#needs
    const delayMs = this.#nextAt - clock.now()
    if (delayMs <= 0) this.#begin()
    else this.#timer = clock.after(Math.min(limits.longestSleepMs, delayMs), () => this.#arm())
  }

  #begin(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
    this.#round = this.#run().then(at => {
      this.#round = undefined
      this.owed(at)
    })
  }

  /** Settles with when the next is due. Never rejects. */
  async #run(): Promise<number> {
    const { database, clock, log } = this.#needs
    try {
      for (;;) {
        const now = clock.now()
        const claim = { now, until: now + limits.leaseMs, count: limits.reportsAtOnce }
        const keys = this.#closed ? [] : await database.write(tx => claimReports(tx, claim))
        if (keys.length === 0) break
        await Promise.all(keys.map(key => this.#report(key, claim.until)))
      }
      return (await database.read(firstReport)) ?? Number.POSITIVE_INFINITY
    } catch (error) {
      log.error('queue.round-failed', { reason: String(error) })
      return clock.now() + limits.afterFaultMs
    }
  }

  /** One that fails is claimed, and comes again when the claim is over. */
  async #report(key: Key, claimedUntil: number): Promise<void> {
    const { database, log } = this.#needs
    try {
      const message = await database.read(tx => messageOf(tx, key.messageId))
      if (message !== undefined) await this.#tell(message, claimedUntil)
    } catch (error) {
      log.error('queue.report-failed', { message: key.messageId, reason: String(error) })
    }
  }

  async #tell(message: QueuedMessage, claimedUntil: number): Promise<void> {
    const { database, clock, carriage, log } = this.#needs
    const now = clock.now()
    const told = await toldOf(database, message, { now, schedule: hop => carriage.schedule(hop) })
    const finish = (tx: Tx) => finishReport(tx, message, told, { now, claimedUntil })
    const to = told.length === 0 ? [] : await this.#addressesOf(message)
    if (to.length === 0) {
      if (told.length > 0) log.warn('queue.nobody-to-tell', { message: message.messageId, sender: message.sender })
      return await database.write(finish)
    }
    await this.#send({ message, told, to }, finish)
    for (const { recipient } of told) {
      const { address, action, status } = recipient
      log.info('queue.reported', { message: message.messageId, recipient: address, action, status })
    }
  }

  async #send(report: Report, finish: WithAccept): Promise<void> {
    const { message, told, to } = report
    const { store, random } = this.#needs
    await using dsn = await this.#compose(
      message,
      told.map(({ recipient }) => recipient),
    )
    // What it returns may be of any octets.
    await using lines = message.parameters.body === 'BINARYMIME' ? await asLines(store.spool, dsn) : undefined
    const needsUtf8 = message.parameters.smtpUtf8 || /[^\0-\x7f]/.test(message.sender)
    await this.#needs.accept(
      {
        messageId: Buffer.from(random.bytes(8)).toString('hex'),
        accountId: 0,
        origin: 'report',
        ...{ sender: '', returnPath: '', fields: '', releaseAt: undefined, heldFor: undefined },
        // RFC 8689 5: a report about what asks for TLS asks for it, too.
        parameters: {
          ...noMailParameters,
          body: '8BITMIME',
          smtpUtf8: needsUtf8,
          requireTls: message.parameters.requireTls,
        },
        recipients: to,
        spooled: lines ?? dsn,
      },
      finish,
    )
  }

  async #compose(message: QueuedMessage, recipients: readonly DsnRecipient[]): Promise<SpooledMessage> {
    const { store, clock, random, hostname, log } = this.#needs
    const id = Buffer.from(random.bytes(12)).toString('hex')
    await using writer = store.spool.open()
    const kept = await store.kept(message.blobId)
    const about = { message, recipients, hostname, id, now: clock.now() }
    try {
      await writer.write(await composeReport({ ...about, original: kept }))
    } catch (error) {
      // The bytes can't be read: it goes without them.
      log.error('queue.fault', { message: message.messageId, reason: String(error) })
      await writer.write(await composeReport({ ...about, original: undefined }))
    }
    return await writer.finish()
  }

  /** Who has the sender's address now; else the account that sent it, if it is still there; else the address, at its host. */
  async #addressesOf({ accountId, origin, sender }: QueuedMessage): Promise<readonly NewRecipient[]> {
    const { resolver, store } = this.#needs
    const parameters = noRecipientParameters
    const { localPart, domain } = parseAddress(sender) ?? { localPart: sender, domain: undefined }
    const resolution = await resolver.resolve(localPart, domain)
    if (resolution.kind === 'account') {
      const { account, detail } = resolution
      return [{ address: sender, parameters, local: { accountId: account.accountId, detail } }]
    }
    if (resolution.kind === 'forward')
      return [
        ...resolution.mailboxes.map(({ account, detail }) => ({
          ...{ address: sender, parameters },
          local: { accountId: account.accountId, detail },
        })),
        ...resolution.elsewhere.map(({ address }) => ({ address, parameters })),
      ]
    // What was forwarded is its first sender's, whoever forwards.
    if (origin === 'submission' && (await store.mailbox(accountId, 'INBOX')) !== undefined)
      return [{ address: sender, parameters, local: { accountId, detail: undefined } }]
    return origin !== 'submission' && resolution.kind === 'not-local' ? [{ address: sender, parameters }] : []
  }
}

interface Report {
  readonly message: QueuedMessage
  readonly told: readonly Told[]
  readonly to: readonly NewRecipient[]
}
