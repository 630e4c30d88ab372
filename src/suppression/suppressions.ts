// Recipients that nothing is sent to: of one account, or of all that is sent under one of our domains. Asked at submission for each recipient at
// another host (`find`, then the refusal `recipient-suppressed` with `because`). What is added by itself are permanent failures of the recipient
// and complaints, never what may be the fault of a host on the way.

import type { Clock } from '#io/clock.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { EmptyLists } from './empty-lists.ts'
import { limits } from './limits.ts'
import { migrations } from './migrations.ts'
import { oneLine } from './one-line.ts'
import { noteOutcome, type SettledOutcome, type Suppressed, suppress } from './outcome-rows.ts'
import { recipientKey } from './recipient-key.ts'
import * as rows from './rows.ts'
import { countSent, forgetSent, purgeSent, recipientsOf, type SentRecipient } from './sent-recipients.ts'
import type { NewSuppression, Scope, Suppression } from './suppression.ts'

export interface SuppressionNeeds {
  readonly database: Database
  readonly clock: Clock
  /** Of how many recipients it is known what was sent to them; limits.sentRecipients if not given. */
  readonly mostSent?: number
}

/** Who wants to send to whom. */
export interface SuppressionQuestion {
  readonly accountId: number
  /** Of MAIL FROM; '' of the null path. */
  readonly senderDomain: string
  readonly recipient: string
}

export type Added =
  /** `isNew`: it was not on the list before. */
  | { readonly kind: 'added'; readonly isNew: boolean }
  | { readonly kind: 'bad-address' }
  | { readonly kind: 'bad-domain' }
  | { readonly kind: 'list-full' }

export interface Imported {
  readonly added: number
  readonly replaced: number
  /** By their place among what was given, from 0. */
  readonly refused: readonly { readonly at: number; readonly kind: Exclude<Added['kind'], 'added'> }[]
}

export class Suppressions {
  readonly #database: Database
  readonly #clock: Clock
  readonly #mostSent: number
  readonly #empty: EmptyLists
  /** Rows of what was sent to whom. */
  #sent: number

  /** Brings the tables up to date first. */
  static async open(needs: SuppressionNeeds): Promise<Suppressions> {
    await migrate(needs.database, 'suppression', migrations)
    return new Suppressions(needs, await needs.database.read(countSent))
  }

  private constructor({ database, clock, mostSent }: SuppressionNeeds, sent: number) {
    this.#database = database
    this.#clock = clock
    this.#empty = new EmptyLists(clock)
    this.#mostSent = mostSent ?? limits.sentRecipients
    this.#sent = sent
  }

  /** Undefined: nothing is known against it. */
  async find({ accountId, senderDomain, recipient }: SuppressionQuestion): Promise<Suppression | undefined> {
    const [ofAccount, ofDomain] = [`account ${accountId}`, `domain ${senderDomain}`]
    if (this.#empty.has(ofAccount) && this.#empty.has(ofDomain)) return undefined
    const key = recipientKey(recipient)
    if (key === undefined) return undefined
    const domain = toAsciiDomain(senderDomain) ?? ''
    const { generation } = this.#empty
    const { found, lists } = await this.#database.read(async tx => ({
      found: await rows.find(tx, { ...key, accountId, senderDomain: domain }, this.#clock.now()),
      lists: {
        account: await rows.hasAny(tx, { kind: 'account', accountId }),
        domain: await rows.hasAny(tx, { kind: 'domain', senderDomain: domain }),
      },
    }))
    if (!lists.account) this.#empty.add(ofAccount, generation)
    if (!lists.domain) this.#empty.add(ofDomain, generation)
    return found
  }

  /** Entries past their time are left out. `after`: the `next` of the page before. */
  async list(range: { readonly scope?: Scope; readonly after?: string } = {}): Promise<rows.SuppressionPage> {
    const { scope, after } = range
    return await this.#database.read(tx => rows.page(tx, { scope, after, now: this.#clock.now() }))
  }

  /** In the place of what was said of this recipient before. Durable when settled. */
  async add(entry: NewSuppression): Promise<Added> {
    const { added, refused } = await this.import([entry])
    const [no] = refused
    return no === undefined ? { kind: 'added', isNew: added > 0 } : { kind: no.kind }
  }

  /** At most `limits.importedAtOnce`, all of them in one transaction. */
  async import(entries: readonly NewSuppression[]): Promise<Imported> {
    if (entries.length > limits.importedAtOnce) throw new RangeError(`${entries.length} entries at once`)
    return await this.#adding(async tx => {
      const now = this.#clock.now()
      const refused: { at: number; kind: Exclude<Added['kind'], 'added'> }[] = []
      const room = new Map<string, number>()
      let added = 0
      for (const [at, entry] of entries.entries()) {
        const folded = fold(entry)
        if (folded.kind !== 'folded') {
          refused.push({ at, kind: folded.kind })
          continue
        }
        const scopeName = JSON.stringify(folded.entry.scope)
        const left = room.get(scopeName) ?? limits.perScope - (await rows.countOf(tx, folded.entry.scope))
        room.set(scopeName, left)
        if (left <= 0 && (await rows.standing(tx, folded.entry.scope, folded.key)) === undefined) {
          refused.push({ at, kind: 'list-full' })
          continue
        }
        if (!(await rows.put(tx, folded.key, folded.entry, now))) continue
        added += 1
        room.set(scopeName, left - 1)
      }
      await rows.purge(tx, now, entries.length * limits.purgedForEachAdded)
      return { added, replaced: entries.length - refused.length - added, refused }
    })
  }

  /** What stood there; undefined: nothing did. Durable when settled. */
  async remove(scope: Scope, recipient: string): Promise<Suppression | undefined> {
    const key = recipientKey(recipient)
    const folded = foldScope(scope)
    if (key === undefined || folded === undefined) return undefined
    return await this.#database.write(async tx => {
      const stood = await rows.standing(tx, folded, key)
      if (stood !== undefined) await rows.take(tx, folded, key)
      return stood
    })
  }

  /** The account is gone, and its list goes too. */
  async forget(accountId: number): Promise<void> {
    await this.#database.write(async tx => {
      await rows.forget(tx, accountId)
      await forgetSent(tx, accountId)
    })
  }

  // What outcomes and reports tell

  /** Each of them notable (`isNotable`). */
  async noteOutcomes(outcomes: readonly SettledOutcome[]): Promise<void> {
    const now = this.#clock.now()
    const before = this.#sent > this.#mostSent ? now : now - limits.sentMs
    const noted = outcomes.filter(({ outcome }) => outcome.kind === 'delivered').length
    const isAdding = noted < outcomes.length
    const write = (work: (tx: Tx) => Promise<number>) => (isAdding ? this.#adding(work) : this.#database.write(work))
    const forgotten = await write(async tx => {
      for (const outcome of outcomes) await noteOutcome(tx, outcome, now)
      await rows.purge(tx, now, outcomes.length * limits.purgedForEachAdded)
      return await purgeSent(tx, before, outcomes.length * limits.forgottenForEachNoted)
    })
    // Some were there before: it may be less, and is right again at the next start.
    this.#sent += noted - forgotten
  }

  /** To whom a message was sent, folded; nobody once that is forgotten. */
  async sentTo(messageId: string): Promise<readonly SentRecipient[]> {
    return await this.#database.read(tx => recipientsOf(tx, messageId))
  }

  /** Puts recipients on their accounts' lists, but not in the place of what lasts longer. Settles with how many. */
  async suppress(list: readonly Suppressed[]): Promise<number> {
    const now = this.#clock.now()
    return await this.#adding(async tx => {
      let count = 0
      for (const one of list) if (await suppress(tx, one, now)) count += 1
      await rows.purge(tx, now, list.length * limits.purgedForEachAdded)
      return count
    })
  }

  /** Whoever read a list before this was durable remembers nothing of it. */
  async #adding<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.#database.write(work)
    } finally {
      this.#empty.clear()
    }
  }
}

function fold(entry: NewSuppression) {
  const key = recipientKey(entry.recipient)
  if (key === undefined) return { kind: 'bad-address' as const }
  const scope = foldScope(entry.scope)
  if (scope === undefined) return { kind: 'bad-domain' as const }
  const detail = oneLine(entry.detail)
  const recipient = entry.recipient.trim().replace(/^<(.*)>$/, '$1')
  return { kind: 'folded' as const, key, entry: { ...entry, scope, detail, recipient } }
}

function foldScope(scope: Scope): Scope | undefined {
  if (scope.kind === 'account') return scope
  const senderDomain = toAsciiDomain(scope.senderDomain)
  return senderDomain === undefined || senderDomain === '' ? undefined : { kind: 'domain', senderDomain }
}
