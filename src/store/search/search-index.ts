// The search index: FROM, TO, CC, BCC, SUBJECT, other HEADERs, BODY and TEXT with the substring semantics of RFC 9051 6.4.4, without reading the messages.
//
// A segment holds some neighbouring messages of an account: the texts of five header fields, and the different words of the header (with those of the
// message's parts) and of the body, each with the messages that have it. What is looked for is looked for in the list of words, which is some twenty times
// shorter than the texts.
// New messages wait until a few dozen are together; searches read those. Small segments are merged into larger ones, of 8,192 messages at most.
// Nothing waits for the index: it works in turns of milliseconds in the background, and a message that it does not know is read by whoever searches.
// Size of 200,000 messages of 4 kB, half of it header, in bytes a message: words of the header 428 and where they are 92, of the body 214 and 306,
// the five fields 144. How long answers take: docs/operate/search.md, bench/search-index.ts.

import type { Database } from '#io/sql/database.ts'
import type { Change } from '#store/change.ts'
import { Indexer, type IndexerNeeds } from './indexer.ts'
import { limits } from './limits.ts'
import { lookUp } from './lookup.ts'
import { restWhileBusy } from './rest-while-busy.ts'
import { accountsBehind, accountsWithGone, countIndexed, countWaiting, positionOf } from './rows.ts'
import type { FindOptions, IndexState, TextQuery, TextSearch, TextVerdicts } from './text-query.ts'

/** How words are made of messages. The first number rises with any change to that, or to how texts are decoded and folded. */
const indexVersion = `2 ${process.versions.unicode}`

type TimerName = 'start' | 'settle' | 'sweep'

/** The store is being closed: the work is left where it is. */
class ClosedError extends Error {}

export class SearchIndex implements TextSearch, AsyncDisposable {
  readonly #needs: Omit<IndexerNeeds, 'version'>
  readonly #database: Database
  readonly #indexer: Indexer
  /** Messages that came to an account since it was last looked at. */
  readonly #counts = new Map<number, { messages: number; bytes: number }>()
  readonly #due = new Set<number>()
  readonly #timers = new Map<TimerName, Disposable>()
  /** Ends the rests of the work in the background. */
  readonly #rests = new Set<() => void>()
  readonly #background = new Set<Promise<void>>()
  /** One piece of work at a time. */
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(needs: Omit<IndexerNeeds, 'version'>) {
    this.#needs = needs
    this.#database = needs.database
    this.#indexer = new Indexer({ ...needs, version: indexVersion })
  }

  /** Begins to work in the background, after a while. */
  start(): void {
    this.#after('start', limits.startMs, () => {
      this.#inBackground(breathe => this.#lookThrough(breathe))
      this.#sweep()
    })
  }

  async find(accountId: number, query: TextQuery, options: FindOptions): Promise<TextVerdicts> {
    return await lookUp({ database: this.#database, version: indexVersion, ...options }, accountId, query)
  }

  async state(accountId: number): Promise<IndexState> {
    const { indexed, indexedTo } = await this.#database.read(async tx => {
      const position = await positionOf(tx, accountId)
      if (position?.version !== indexVersion) return { indexed: 0, indexedTo: 0 }
      return { indexed: await countIndexed(tx, accountId), indexedTo: position.indexedTo }
    })
    let messages = indexed
    for (
      let last = indexedTo, count: number = limits.countedAtOnce;
      count === limits.countedAtOnce;
      messages += count
    ) {
      const after = last
      const read = await this.#database.read(tx => countWaiting(tx, accountId, after, limits.countedAtOnce))
      count = read[0]
      last = read[1]
      await new Promise(resolve => setImmediate(resolve))
    }
    return { messages, indexed }
  }

  async advance(
    accountId: number,
    { afresh, forMs }: { readonly afresh: boolean; readonly forMs: number },
  ): Promise<IndexState> {
    const { clock } = this.#needs
    const breathe = this.#pace({ rests: false })
    const until = clock.monotonicMs() + forMs
    await this.#inTurn(async () => {
      if (afresh && !(await this.#indexer.begin(accountId))) return
      do {
        if (!(await this.#indexer.step(accountId, { all: true, breathe }))) return
        await this.#indexer.keepUp(accountId, breathe)
      } while (clock.monotonicMs() < until)
    })
    return await this.state(accountId)
  }

  /** What was committed: an account to which enough came is indexed soon. */
  notice(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== 'added') continue
      const count = this.#counts.get(change.accountId) ?? { messages: 0, bytes: 0 }
      for (const { sizeBytes } of change.entries) {
        count.messages += 1
        count.bytes += sizeBytes
      }
      this.#counts.set(change.accountId, count)
      if (count.messages >= limits.waitingMessages || count.bytes >= limits.waitingBytes) this.#isDue(change.accountId)
    }
    if (this.#counts.size <= limits.countedAccounts) return
    this.#counts.clear()
    if (!this.#timers.has('start')) this.start()
  }

  #isDue(accountId: number): void {
    this.#counts.delete(accountId)
    this.#due.add(accountId)
    if (this.#timers.has('settle')) return
    this.#after('settle', limits.settleMs, () => this.#inBackground(breathe => this.#work(breathe)))
  }

  /** Every account that may be behind, one after the other. */
  async #lookThrough(breathe: () => Promise<void>): Promise<void> {
    const query = { version: indexVersion, limit: limits.accountsPerRead }
    for (let last = 0; ; ) {
      const accounts = await this.#database.read(tx => accountsBehind(tx, last, query))
      for (const [accountId, isBehind] of accounts) if (isBehind) this.#due.add(accountId)
      await this.#work(breathe)
      const [accountId] = accounts.at(-1) ?? []
      if (accountId === undefined) return
      last = accountId
      await breathe()
    }
  }

  async #work(breathe: () => Promise<void>): Promise<void> {
    for (const accountId of this.#due) {
      this.#due.delete(accountId)
      await this.#catchUp(accountId, breathe)
    }
  }

  async #catchUp(accountId: number, breathe: () => Promise<void>): Promise<void> {
    let more = true
    while (more) {
      more = await this.#inTurn(async () => {
        const stepped = await this.#indexer.step(accountId, { all: false, breathe })
        if (stepped) await this.#indexer.keepUp(accountId, breathe)
        return stepped
      })
    }
  }

  #sweep(): void {
    this.#after('sweep', limits.sweepEveryMs, () => this.#sweep())
    this.#inBackground(async breathe => {
      for (let last: number | undefined = 0; last !== undefined; ) {
        const after: number = last
        const accounts = await this.#database.read(tx => accountsWithGone(tx, after, limits.sweptAccounts))
        for (const accountId of accounts) await this.#inTurn(() => this.#indexer.keepUp(accountId, breathe))
        last = accounts.at(-1)
      }
    })
  }

  /** A fault here harms nobody: what is not indexed is read, and tried again when more comes, or after the next start. */
  #inBackground(work: (breathe: () => Promise<void>) => Promise<void>): void {
    const running = work(this.#pace({ rests: true }))
      .catch(error => {
        if (!this.#closed) this.#needs.log.error('store.search-index-failed', { reason: String(error) })
      })
      .finally(() => this.#background.delete(running))
    this.#background.add(running)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      if (this.#closed) throw new ClosedError()
      return work()
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Awaited often: when a turn is over, others have theirs, and then comes a rest. */
  #pace({ rests }: { readonly rests: boolean }): () => Promise<void> {
    const { clock } = this.#needs
    let turnStart = clock.monotonicMs()
    return async () => {
      if (this.#closed) throw new ClosedError()
      if (clock.monotonicMs() - turnStart < limits.turnMs) return
      await new Promise(resolve => setImmediate(resolve))
      if (rests) await restWhileBusy(clock, restMs => this.#rest(restMs))
      turnStart = clock.monotonicMs()
    }
  }

  #rest(restMs: number): Promise<void> {
    if (this.#closed) return Promise.reject(new ClosedError())
    return new Promise(resolve => {
      const end = () => {
        timer[Symbol.dispose]()
        this.#rests.delete(end)
        resolve()
      }
      const timer = this.#needs.clock.after(restMs, end)
      this.#rests.add(end)
    })
  }

  #after(name: TimerName, delayMs: number, run: () => void): void {
    if (this.#closed) return
    this.#timers.get(name)?.[Symbol.dispose]()
    const timer = this.#needs.clock.after(delayMs, () => {
      this.#timers.delete(name)
      run()
    })
    this.#timers.set(name, timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers.values()) timer[Symbol.dispose]()
    for (const end of this.#rests) end()
    await this.#last
    await Promise.all(this.#background)
  }
}
