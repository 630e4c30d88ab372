// How much a new source may bring to one provider: a share for each day, larger from day to day, the hours of a day alike. It grows when at least half of a
// day's share was used, for what nobody has seen nobody trusts. Kept in the database; counts are written with a delay, so a crash forgets some seconds of them.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { type Migration, migrate } from '#io/sql/migrate.ts'
import { limits } from './limits.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      `CREATE TABLE warm_up (
        source TEXT NOT NULL,
        provider TEXT NOT NULL,
        level BIGINT NOT NULL,
        day BIGINT NOT NULL,
        sent BIGINT NOT NULL,
        PRIMARY KEY (source, provider)
      ) CLUSTERED`,
    ],
  },
]

export interface WarmUpNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** As the setting has it. */
  readonly perDay: readonly number[]
}

interface Count {
  readonly source: string
  readonly provider: string
  /** Days of the plan that are behind. */
  level: number
  /** Days since 1970. */
  day: number
  sent: number
}

export interface WarmUpState {
  /** The first day is 1; undefined: warm. */
  readonly day: number | undefined
  readonly sentToday: number
  readonly mostToday: number | undefined
}

type CountRow = [source: string, provider: string, level: number, day: number, sent: number]

export class WarmUp implements AsyncDisposable {
  readonly #needs: WarmUpNeeds
  readonly #counts = new Map<string, Count>()
  readonly #unwritten = new Set<Count>()
  #timer: Disposable | undefined
  #writing: Promise<void> = Promise.resolve()

  /** Brings the table up to date first. */
  static async open(needs: WarmUpNeeds): Promise<WarmUp> {
    await migrate(needs.database, 'warm-up', migrations, needs.clock)
    const warmUp = new WarmUp(needs)
    const since = Math.floor((needs.clock.now() - limits.warmUpForgottenMs) / dayMs)
    await needs.database.write(tx => tx.run(sql`DELETE FROM warm_up WHERE day < ${since}`))
    const rows = await needs.database.read(tx =>
      tx.all<CountRow>(sql`SELECT source, provider, level, day, sent FROM warm_up LIMIT ${limits.warmUps}`),
    )
    for (const [source, provider, level, day, sent] of rows)
      warmUp.#counts.set(keyOf(source, provider), { source, provider, level, day, sent })
    return warmUp
  }

  private constructor(needs: WarmUpNeeds) {
    this.#needs = needs
  }

  /** Until when this hour's share is used up, milliseconds since 1970; 0: it is not. */
  usedUpUntil(source: string, provider: string): number {
    const count = this.#today(source, provider)
    const most = this.#needs.perDay[count.level]
    if (most === undefined) return 0
    const now = this.#needs.clock.now()
    const hour = Math.floor((now % dayMs) / hourMs)
    const mostByNow = Math.ceil((most * (hour + 1)) / 24)
    return count.sent < mostByNow ? 0 : now - (now % hourMs) + hourMs
  }

  sent(source: string, provider: string): void {
    const count = this.#today(source, provider)
    if (this.#needs.perDay[count.level] === undefined) return
    count.sent += 1
    this.#unwritten.add(count)
    this.#timer ??= this.#needs.clock.after(limits.warmUpWriteMs, () => this.#writeLater())
  }

  state(source: string, provider: string): WarmUpState {
    const { level, sent } = this.#today(source, provider)
    const mostToday = this.#needs.perDay[level]
    return { day: mostToday === undefined ? undefined : level + 1, sentToday: sent, mostToday }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    await this.#writing
    await this.#write()
  }

  #today(source: string, provider: string): Count {
    const day = Math.floor(this.#needs.clock.now() / dayMs)
    const key = keyOf(source, provider)
    const count = this.#counts.get(key)
    if (count === undefined) return this.#first(key, { source, provider, level: 0, day, sent: 0 })
    if (count.day !== day) {
      const most = this.#needs.perDay[count.level]
      const isForgotten = (day - count.day) * dayMs > limits.warmUpForgottenMs
      if (isForgotten && most !== undefined) count.level = 0
      else if (most !== undefined && count.sent * 2 >= most) this.#grow(count)
      count.day = day
      count.sent = 0
    }
    return count
  }

  #grow(count: Count): void {
    count.level += 1
    this.#unwritten.add(count)
  }

  #first(key: string, count: Count): Count {
    if (this.#counts.size >= limits.warmUps) {
      const [oldest] = this.#counts.keys()
      if (oldest !== undefined) this.#counts.delete(oldest)
    }
    this.#counts.set(key, count)
    return count
  }

  #writeLater(): void {
    this.#timer = undefined
    this.#writing = this.#write().catch(error => {
      // They are counted in memory all the same, and written with the next that is sent.
      this.#needs.log.error('send.warm_up', { error: String(error) })
    })
  }

  async #write(): Promise<void> {
    const counts = [...this.#unwritten]
    this.#unwritten.clear()
    if (counts.length === 0) return
    const rows = counts.map(count => ({ ...count }))
    try {
      await this.#needs.database.write(async tx => {
        for (const row of rows) await put(tx, row)
      })
    } catch (error) {
      for (const count of counts) this.#unwritten.add(count)
      throw error
    }
  }
}

async function put(tx: Tx, { source, provider, level, day, sent }: Count): Promise<void> {
  await tx.run(sql`INSERT INTO warm_up (source, provider, level, day, sent) VALUES (${source}, ${provider}, ${level}, ${day}, ${sent})
    ON CONFLICT (source, provider) DO UPDATE SET level = excluded.level, day = excluded.day, sent = excluded.sent`)
}

function keyOf(source: string, provider: string): string {
  return `${source}\n${provider}`
}
