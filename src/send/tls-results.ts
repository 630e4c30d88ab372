// What became of the TLS of our connections to hosts of the world, counted for the daily reports (RFC 8460): in memory, and every minute into
// the database, so that a crash costs a minute of counts and no connection waits for a disk.

import { createHash } from 'node:crypto'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { nameLimits as limits } from './name-limits.ts'
import type { AppliedPolicy } from './tls-policy.ts'
import { migrations } from './tls-report-migrations.ts'
import * as rows from './tls-report-rows.ts'

export const dayMs = 86_400_000

export interface NotedTls {
  /** The mail host. */
  readonly host: string
  /** IP address that was dialled; undefined: it never came to that. */
  readonly address: string | undefined
  /** Undefined: it never came to the question of TLS, and is not counted. */
  readonly result: NotedResult | undefined
}

export interface NotedResult {
  /** RFC 8460 4.3; undefined: as it should be. */
  readonly resultType: string | undefined
  readonly reason?: string | undefined
  /** Our end of the connection. */
  readonly localAddress?: string | undefined
}

/** What a row of the database keeps: connections that went alike. */
export interface ResultDetail {
  readonly policy: Pick<AppliedPolicy, 'type' | 'domain' | 'lines' | 'hosts'>
  /** Undefined: all went well. */
  readonly failure: FailureDetail | undefined
}

export interface FailureDetail {
  readonly resultType: string
  readonly reason: string | undefined
  readonly host: string
  readonly address: string | undefined
  readonly localAddress: string | undefined
}

export interface TlsResultsNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
}

export class TlsResults implements AsyncDisposable {
  readonly #needs: TlsResultsNeeds
  /** By their keys: day, domain, digest. */
  #counted = new Map<string, { row: Omit<rows.CountedResult, 'sessions'>; sessions: number }>()
  readonly #failures = new Map<string, number>()
  /** At least as many rows as there are. */
  #rows: number
  #timer: Disposable | undefined
  #writing: Promise<void> = Promise.resolve()

  /** Brings the tables up to date first. */
  static async open(needs: TlsResultsNeeds): Promise<TlsResults> {
    await migrate(needs.database, 'tls-report', migrations)
    return new TlsResults(needs, await needs.database.read(rows.countResults))
  }

  private constructor(needs: TlsResultsNeeds, count: number) {
    this.#needs = needs
    this.#rows = count
  }

  /** Never throws, and waits for nothing. */
  note(policy: AppliedPolicy, { host, address, result }: NotedTls): void {
    if (result === undefined) return
    const { clock } = this.#needs
    const resultType = result.resultType ?? policy.fault?.resultType
    const reason = result.resultType === undefined ? policy.fault?.reason : result.reason
    const { localAddress } = result
    const failure =
      resultType === undefined ? undefined : { resultType, reason: short(reason), host, address, localAddress }
    const { type, domain, lines, hosts } = policy
    this.#count({ policy: { type, domain, lines, hosts }, failure }, Math.floor(clock.now() / dayMs))
    this.#timer ??= clock.after(limits.resultsWrittenMs, () => void this.write())
  }

  /** Settles when everything noted so far is in the database, or was given up for a fault there. */
  async write(): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    await this.#writing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.write()
  }

  #count(detail: ResultDetail, day: number): void {
    const { domain } = detail.policy
    const of = `${day} ${domain}`
    const text = JSON.stringify(detail)
    const key = createHash('sha256').update(text).digest('base64url').slice(0, 22)
    const known = this.#counted.get(`${of} ${key}`)
    if (known !== undefined) {
      known.sessions += 1
      return
    }
    const kinds = this.#failures.get(of) ?? 0
    // Of what comes on top there is enough to see what is wrong.
    if (kinds >= limits.failuresPerDomain || this.#counted.size >= limits.reportedDomains || this.#isFull()) return
    this.#failures.set(of, kinds + 1)
    this.#counted.set(`${of} ${key}`, { row: { day, domain, key, detail: text }, sessions: 1 })
  }

  #isFull(): boolean {
    return this.#rows + this.#counted.size >= limits.resultRows
  }

  async #write(): Promise<void> {
    const counted = [...this.#counted.values()]
    this.#counted = new Map()
    this.#failures.clear()
    if (counted.length === 0) return
    const { database, log } = this.#needs
    try {
      this.#rows = await database.write(async tx => {
        for (const { row, sessions } of counted) {
          await rows.addSessions(tx, { ...row, sessions })
          await rows.owe(tx, row, handInAt(row))
        }
        return await rows.countResults(tx)
      })
    } catch (error) {
      // The mail has gone out, and that is what counts.
      log.error('tls-report.not-counted', { reason: String(error), results: counted.length })
    }
  }
}

/** Some hours after the day's end, each domain at a time of its own (RFC 8460 4.1). */
function handInAt({ day, domain }: rows.ReportKey): number {
  const chance = createHash('sha256').update(domain).digest().readUInt32BE() / 0x1_0000_0000
  return (day + 1) * dayMs + Math.floor(chance * limits.reportSpreadMs)
}

function short(reason: string | undefined): string | undefined {
  return reason?.slice(0, limits.reportedCharacters)
}
