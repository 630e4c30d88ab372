// One try of one message: deliver to those that can be reached, write down what the others answered, tell the sender. Each step is one transaction,
// and a crash between two of them leaves what the next try goes on with.

import type { Random } from '#io/random.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import type { DsnRecipient } from '#mail/dsn.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { refuse } from '#wire/smtp/refusals.ts'
import { type FindNeeds, findRecipient } from './find-recipient.ts'
import { wantsToHear } from './notify.ts'
import type { Carrier, HeldRecipient, Outcome } from './queue.ts'
import { deliveredOf, type Reporter, type ReportNeeds } from './reports.ts'
import {
  endIfDone,
  type Key,
  messageOf,
  type QueuedMessage,
  type QueuedRecipient,
  recipientsOf,
  removeRecipient,
  setDelayTold,
  setNext,
  setState,
} from './rows.ts'
import { isForGood, said } from './said.ts'
import { expiresAt, nextTry, tellDelayAt } from './schedule.ts'
import { isOpen, move } from './states.ts'

export interface AttemptNeeds extends ReportNeeds, FindNeeds {
  readonly database: Database
  readonly store: ReportNeeds['store']
  readonly carrier: Carrier
}

/** RFC 3463 3.5: persistent transient error. */
const timeIsUp = '4.4.7'

export class Attempt {
  readonly #needs: AttemptNeeds
  readonly #reporter: Reporter
  readonly #message: QueuedMessage
  readonly #retryAt: number

  private constructor(needs: AttemptNeeds, reporter: Reporter, message: QueuedMessage) {
    this.#needs = needs
    this.#reporter = reporter
    this.#message = message
    this.#retryAt = nextTry(message, needs.clock.now(), chanceOf(needs.random))
  }

  /** Leaves a message that is gone alone. */
  static async run(needs: AttemptNeeds, reporter: Reporter, { messageId }: Key): Promise<void> {
    const message = await needs.database.read(tx => messageOf(tx, messageId))
    if (message === undefined) return
    const attempt = new Attempt(needs, reporter, message)
    try {
      const spooled = await attempt.#spooled()
      if (await attempt.#deliver(spooled)) await attempt.#report(spooled)
    } catch (error) {
      await attempt.#fail(error)
    }
  }

  async #spooled(): Promise<SpooledMessage> {
    const { blobId } = this.#message
    const spooled = await this.#needs.store.kept(blobId)
    // Or it was dropped a moment ago, and then there is nothing to postpone.
    if (spooled === undefined) throw new Error(`its bytes are gone (blob ${blobId})`)
    return spooled
  }

  /** A fault of ours is thrown on, to be tried again, until time is up; then the sender is told. */
  async #fail(error: unknown): Promise<void> {
    if (!this.#isOver()) throw error
    const { log, hostname, store } = this.#needs
    const { messageId } = this.#message
    const rows = await this.#recipients()
    if (rows.length === 0) throw error
    log.error('queue.fault', { message: messageId, reason: String(error) })
    const answer = refuse('fault', { id: messageId, hostname })
    const open = rows.filter(({ state }) => isOpen(state))
    if (open.length > 0) return void (await this.#writeDown(new Map(open.map(row => [row, answer]))))
    // Not even the report: it may be the bytes that can't be read, so it goes without them.
    await using writer = store.spool.open()
    await this.#report(await writer.finish())
  }

  #isOver(): boolean {
    return this.#needs.clock.now() >= expiresAt(this.#message)
  }

  #recipients(): Promise<readonly QueuedRecipient[]> {
    return this.#needs.database.read(tx => recipientsOf(tx, this.#message))
  }

  /** Whether there is something to report. */
  async #deliver(spooled: SpooledMessage): Promise<boolean> {
    const open = (await this.#recipients()).filter(({ state }) => isOpen(state))
    const sizeBytes = Buffer.byteLength(this.#message.fields) + spooled.sizeBytes
    const answers = new Map<QueuedRecipient, Outcome>()
    const found: (HeldRecipient & { readonly row: QueuedRecipient })[] = []
    for (const row of open) {
      const one = await findRecipient(this.#needs, row.address, sizeBytes)
      if (one.kind === 'refused') answers.set(row, one)
      else found.push({ address: row.address, parameters: row.parameters, ...one, row })
    }
    if (found.length > 0) {
      let isDone = false
      spooled.alongside = async (tx, accountIds) => {
        for (const { accountId, row } of found) if (accountIds.has(accountId)) await this.#strikeOut(tx, row)
        isDone = await endIfDone(tx, this.#message)
      }
      const outcomes = await this.#carry(found, spooled)
      for (const [index, { row }] of found.entries()) answers.set(row, outcomes[index] ?? { kind: 'delivered' })
      if (isDone) return false
    }
    return await this.#writeDown(answers)
  }

  #carry(recipients: readonly HeldRecipient[], spooled: SpooledMessage): Promise<readonly Outcome[]> {
    const { messageId, sender, parameters, fields } = this.#message
    return this.#needs.carrier.carry({ messageId, sender, parameters, fields, recipients, spooled })
  }

  async #strikeOut(tx: Tx, row: QueuedRecipient): Promise<void> {
    const to = move(row.state, 'delivery', this.#wants(row, 'SUCCESS'))
    if (to === 'gone') await removeRecipient(tx, this.#message, row.number)
    else await setState(tx, this.#message, row.number, { state: to, status: undefined, reply: undefined })
  }

  #wants({ parameters }: QueuedRecipient, of: 'SUCCESS' | 'DELAY' | 'FAILURE'): boolean {
    return this.#message.sender !== '' && wantsToHear(parameters, of)
  }

  /** The refusals; and that the message is due again at once if there is something to report, else at the next try. */
  async #writeDown(answers: ReadonlyMap<QueuedRecipient, Outcome>): Promise<boolean> {
    const { database, clock, log } = this.#needs
    const { messageId, tries } = this.#message
    const now = clock.now()
    const refused = [...answers].flatMap(([row, answer]) => (answer.kind === 'refused' ? [{ row, answer }] : []))
    const isOver = this.#isOver()
    const isOwed = await database.write(async tx => {
      for (const { row, answer } of refused) {
        const event = isForGood(answer) ? 'refusal for good' : isOver ? 'end of tries' : 'refusal for now'
        const to = move(row.state, event, this.#wants(row, 'FAILURE'))
        const { status, reply } = said(answer)
        const shown = event === 'end of tries' ? timeIsUp : status
        if (to === 'gone') await removeRecipient(tx, this.#message, row.number)
        else await setState(tx, this.#message, row.number, { state: to, status: shown, reply })
      }
      if (await endIfDone(tx, this.#message)) return false
      const rows = await recipientsOf(tx, this.#message)
      const isOwed = rows.some(row => this.#told(row, now) !== undefined)
      await setNext(tx, this.#message, isOwed ? now : this.#retryAt, tries + 1)
      return isOwed
    })
    for (const { row, answer } of refused)
      log.info('queue.refused', {
        message: messageId,
        recipient: row.address,
        reason: answer.reason,
        status: said(answer).status,
        willRetry: !isForGood(answer) && !isOver,
      })
    return isOwed
  }

  /** What the sender is to be told of a recipient now. */
  #told(row: QueuedRecipient, now: number): DsnRecipient | undefined {
    const { address, parameters, state, status = '', reply, delayTold } = row
    const recipient = { address, originalRecipient: parameters.originalRecipient }
    if (state === 'delivered') return deliveredOf(recipient)
    if (state === 'failed') return { ...recipient, action: 'failed', status, reply, willRetryUntil: undefined }
    if (state === 'scheduled' || delayTold || now < tellDelayAt(this.#message) || !this.#wants(row, 'DELAY'))
      return undefined
    return { ...recipient, action: 'delayed', status, reply, willRetryUntil: expiresAt(this.#message) }
  }

  async #report(spooled: SpooledMessage): Promise<void> {
    const { database, clock } = this.#needs
    const now = clock.now()
    const rows = await this.#recipients()
    const told = rows.flatMap(row => {
      const recipient = this.#told(row, now)
      return recipient === undefined ? [] : [{ row, recipient }]
    })
    if (told.length === 0) return
    const finish = async (tx: Tx) => {
      for (const { row } of told) await this.#isTold(tx, row)
      if (!(await endIfDone(tx, this.#message)))
        await setNext(tx, this.#message, this.#retryAt, this.#message.tries + 1)
    }
    const { accountId, sender, ...message } = this.#message
    const report = {
      ...message,
      sender: { accountId, address: sender },
      spooled,
      recipients: told.map(({ recipient }) => recipient),
    }
    if (!(await this.#reporter.send(report, finish))) await database.write(finish)
  }

  async #isTold(tx: Tx, { state, number }: QueuedRecipient): Promise<void> {
    if (isOpen(state)) await setDelayTold(tx, this.#message, number)
    else await removeRecipient(tx, this.#message, number)
  }
}

/** 0 up to 1. */
function chanceOf(random: Random): number {
  return Buffer.from(random.bytes(2)).readUInt16BE() / 65_536
}
