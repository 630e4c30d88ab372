// Greylisting (RFC 6647): the first message from a network and a sender to a recipient waits some minutes. A mail server tries again, most
// programs that send spam don't. Who is known to one recipient of the message is not asked to wait: someone the account wrote to, or
// whose mail it has been given before. Everything is in the database, so that a restart makes nobody wait again.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import * as rows from './greylist-rows.ts'
import { greylistDefaults, limits } from './limits.ts'
import { migrations } from './migrations.ts'
import { networkOf } from './network.ts'
import { senderKey } from './sender-key.ts'

export type GreylistLimits = { readonly [name in keyof typeof greylistDefaults]: number }

export interface GreylistNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly limits?: Partial<GreylistLimits>
}

/** A message whose recipients were taken. */
export interface Greeted {
  /** The peer's IP address. */
  readonly address: string
  /** '' for the null path. */
  readonly sender: string
  /** One at least. */
  readonly recipients: readonly rows.Recipient[]
}

export type GreylistVerdict =
  | { readonly kind: 'passes' }
  /** `recipient` is one of those that don't know the sender. */
  | { readonly kind: 'waits'; readonly recipient: string; readonly retryAfterMs: number }

const passes: GreylistVerdict = { kind: 'passes' }

// A server that has a bounce for us has seldom another one soon, and none of them makes the null path known to the account: what has passed once is kept longer.
const nullSenderFactor = 4

export class Greylist {
  readonly #database: Database
  readonly #clock: Clock
  readonly #limits: GreylistLimits
  /** Noted in the database not long ago, so that their next message costs it nothing. */
  readonly #known: Remembered<true>
  /** At least as many as there are: those that passed are taken off when it is counted anew. */
  #waiting: number

  /** Brings the tables up to date first. */
  static async open(needs: GreylistNeeds): Promise<Greylist> {
    await migrate(needs.database, 'throttle', migrations)
    return new Greylist(needs, await needs.database.read(rows.countWaiting))
  }

  private constructor({ database, clock, limits: given }: GreylistNeeds, waiting: number) {
    this.#database = database
    this.#clock = clock
    this.#limits = { ...greylistDefaults, ...given }
    const { knownCorrespondents: mostKeys, knownCorrespondentMs: forgetMs } = limits
    this.#known = new Remembered({ clock, mostKeys, forgetMs })
    this.#waiting = waiting
  }

  /** Whether the message may come in now. If it waits, that is durable when this settles. */
  async ask(message: Greeted): Promise<GreylistVerdict> {
    const key = keyOf(message)
    if (key.recipients.some(recipient => this.#known.get(knownAs(key, recipient)))) return passes
    const now = this.#clock.now()
    const ages = this.#ages(key.sender, now)
    const found = await this.#database.read(tx => rows.find(tx, key, ages))
    this.#remember(key, found.correspondents, now)
    if (found.correspondents.length > 0 || found.triples.some(triple => triple.passed)) return passes
    const firstAt = Math.min(...found.triples.map(triple => triple.notedAt))
    if (firstAt + this.#limits.delayMs <= now) return passes
    const isNew = (recipient: rows.Recipient) => !found.triples.some(triple => isOf(triple, recipient))
    const added = key.recipients.filter(isNew)
    if (added.length > 0) await this.#wait({ ...key, recipients: added, shown: message.sender }, now)
    const recipient = message.recipients[0]?.address ?? ''
    return { kind: 'waits', recipient, retryAfterMs: Math.min(firstAt, now) + this.#limits.delayMs - now }
  }

  /** The message was taken: its sender is known from here on. Costs nothing while that is noted already. */
  async noteAccepted(message: Greeted): Promise<void> {
    const key = keyOf(message)
    const unknown = key.recipients.filter(recipient => !this.#known.get(knownAs(key, recipient)))
    if (unknown.length === 0) return
    const now = this.#clock.now()
    const ages = this.#ages(key.sender, now)
    await this.#database.write(async tx => {
      await rows.accept(tx, { ...key, recipients: unknown, shown: message.sender }, now)
      await rows.purge(tx, ages, unknown.length * limits.purgedForEachAdded)
    })
    for (const recipient of unknown) this.#known.set(knownAs(key, recipient), true)
  }

  /** The account has written to these. */
  async noteWrittenTo(accountId: number, addresses: readonly string[]): Promise<void> {
    // Apart from those whose mail was taken: these are kept longer.
    const isUnknown = (sender: string) => !this.#known.get(writtenToKey(accountId, sender))
    const senders = [...new Set(addresses.map(senderKey))].filter(isUnknown)
    if (senders.length === 0) return
    const now = this.#clock.now()
    await this.#database.write(async tx => {
      for (const sender of senders) await rows.noteCorrespondent(tx, { accountId, sender, writtenTo: true, now })
      await rows.purge(tx, this.#ages('', now), senders.length * limits.purgedForEachAdded)
    })
    for (const sender of senders) {
      this.#known.set(correspondentKey(accountId, sender), true)
      this.#known.set(writtenToKey(accountId, sender), true)
    }
  }

  // For operators

  /** Who waits, longest first. `after`: the `next` of the page before. */
  async waiting(after?: string): Promise<rows.WaitingPage> {
    const since = this.#clock.now() - this.#limits.waitingMs
    return await this.#database.read(tx => rows.listWaiting(tx, { since, delayMs: this.#limits.delayMs, after }))
  }

  /** Lets those that wait pass at once; all that fit. Settles with their number. */
  async letIn(which: {
    readonly sender?: string
    readonly recipient?: string
    readonly network?: string
  }): Promise<number> {
    const { sender, recipient, network } = which
    const filter = {
      sender: sender === undefined ? undefined : senderKey(sender),
      recipient: recipient?.toLowerCase(),
      network: network === undefined || network.includes('/') ? network : networkOf(network),
    }
    const count = await this.#database.write(tx => rows.letIn(tx, filter, this.#clock.now()))
    this.#waiting -= count
    return count
  }

  /** The account is gone, and what is known of its correspondence goes too. */
  async forget(accountId: number): Promise<void> {
    await this.#database.write(tx => rows.forget(tx, accountId))
  }

  async #wait(added: rows.Added, now: number): Promise<void> {
    const { mostWaiting } = this.#limits
    const isFull = this.#waiting + added.recipients.length > mostWaiting
    const ages = this.#ages(added.sender, now)
    const counted = await this.#database.write(async tx => {
      await rows.addWaiting(tx, added, now)
      await rows.purge(tx, ages, added.recipients.length * limits.purgedForEachAdded)
      if (!isFull) return undefined
      const waiting = await rows.countWaiting(tx)
      const kept = Math.floor(mostWaiting * (1 - limits.droppedShare))
      if (waiting > mostWaiting) await rows.dropOldest(tx, waiting - kept)
      return Math.min(waiting, kept)
    })
    this.#waiting = counted ?? this.#waiting + added.recipients.length
  }

  #ages(sender: string, now: number): rows.Ages {
    const { waitingMs, forgetMs, writtenToMs } = this.#limits
    return {
      waitingSince: now - waitingMs,
      passedSince: now - forgetMs * (sender === '' ? nullSenderFactor : 1),
      // All that any sender may still need.
      keptSince: now - forgetMs * nullSenderFactor,
      acceptedSince: now - forgetMs,
      writtenToSince: now - writtenToMs,
    }
  }

  #remember(key: rows.Key, correspondents: readonly rows.Correspondent[], now: number): void {
    for (const { accountId, notedAt } of correspondents)
      if (notedAt > now - limits.knownCorrespondentMs) this.#known.set(correspondentKey(accountId, key.sender), true)
  }
}

function keyOf({ address, sender, recipients }: Greeted): rows.Key {
  const folded = recipients.map(one => ({ accountId: one.accountId, address: one.address.toLowerCase() }))
  return { network: networkOf(address), sender: senderKey(sender), recipients: folded }
}

function isOf(triple: rows.Triple, { accountId, address }: rows.Recipient): boolean {
  return triple.accountId === accountId && triple.recipient === address
}

/** The null path is nobody in particular: it is known only from one network to one recipient. */
function knownAs({ network, sender }: rows.Key, { accountId, address }: rows.Recipient): string {
  return sender === '' ? `${accountId} ${network} ${address}` : correspondentKey(accountId, sender)
}

function correspondentKey(accountId: number, sender: string): string {
  return `${accountId} ${sender}`
}

function writtenToKey(accountId: number, sender: string): string {
  return `to ${accountId} ${sender}`
}
