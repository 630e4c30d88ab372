// MTA-STS as one who sends mail has to keep it (RFC 8461): a domain's policy is looked for when mail goes there, fetched over HTTPS when its record
// names another id, kept for as long as it says, and fetched anew before it ends. What was kept counts where DNS or the web say nothing (5.1).

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import { type Http, HttpError } from '#io/http.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { limits } from './limits.ts'
import { migrations } from './migrations.ts'
import { readStsPolicy, readStsRecord, type StsPolicy } from './mta-sts-policy.ts'
import * as rows from './mta-sts-rows.ts'

export interface MtaStsNeeds {
  readonly database: Database
  readonly dns: Pick<Dns, 'texts'>
  readonly http: Http
  readonly clock: Clock
  readonly log: Log
}

export interface StsLookup {
  /** Undefined: the domain has none that can be had. */
  readonly policy: StsPolicy | undefined
  /** Why the policy that its record names could not be had, for the daily report (RFC 8460 4.3.2). */
  readonly fault: StsFault | undefined
}

export interface StsFault {
  readonly resultType: 'sts-policy-fetch-error' | 'sts-policy-invalid' | 'sts-webpki-invalid'
  readonly reason: string
}

const none: StsLookup = { policy: undefined, fault: undefined }

/** `kept: undefined` stands for a domain that is known to have none in the database. */
interface Known {
  readonly kept: rows.KeptPolicy | undefined
}

export class MtaSts implements AsyncDisposable {
  readonly #needs: MtaStsNeeds
  readonly #known: Remembered<Known>
  readonly #failures: Remembered<{ readonly id: string; readonly fault: StsFault }>
  readonly #fetches = new Map<string, Promise<StsLookup>>()
  /** At least as many as there are. */
  #count: number
  #timer: Disposable | undefined
  #round: Promise<void> | undefined
  #isClosed = false

  /** Brings the tables up to date first. */
  static async open(needs: MtaStsNeeds): Promise<MtaSts> {
    await migrate(needs.database, 'verify', migrations)
    return new MtaSts(needs, await needs.database.read(rows.count))
  }

  private constructor(needs: MtaStsNeeds, count: number) {
    const { clock } = needs
    this.#needs = needs
    this.#count = count
    this.#known = new Remembered({ clock, mostKeys: limits.stsRemembered, forgetMs: limits.stsRememberMs })
    this.#failures = new Remembered({ clock, mostKeys: limits.stsRecentFailures, forgetMs: limits.stsAgainMs })
    this.#wait()
  }

  /** `domain` in A-labels. Rejects on a fault of the database alone. */
  async of(domain: string): Promise<StsLookup> {
    const [kept, answer] = await Promise.all([this.#kept(domain), this.#needs.dns.texts(`_mta-sts.${domain}`)])
    const id = answer.kind === 'found' ? readStsRecord(answer.records) : undefined
    // RFC 8461 5.1: a policy does not go away with its record.
    if (id === undefined || id === kept?.id) return kept === undefined ? none : { policy: kept, fault: undefined }
    const failed = this.#failures.get(domain)
    if (failed?.id === id) return { policy: kept, fault: failed.fault }
    return await this.#fetch(domain, id, kept)
  }

  /** Settles when no round is under way. */
  async idle(): Promise<void> {
    await this.#round
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#timer?.[Symbol.dispose]()
    await this.#round
    await Promise.allSettled(this.#fetches.values())
  }

  async #kept(domain: string): Promise<rows.KeptPolicy | undefined> {
    let known = this.#known.get(domain)
    if (known === undefined) {
      known = { kept: await this.#needs.database.read(tx => rows.find(tx, domain)) }
      this.#known.set(domain, known)
    }
    const { kept } = known
    return kept === undefined || kept.endsAt <= this.#needs.clock.now() ? undefined : kept
  }

  /** One at a time for each domain. */
  #fetch(domain: string, id: string, kept: rows.KeptPolicy | undefined): Promise<StsLookup> {
    const underWay = this.#fetches.get(domain) ?? this.#fetchAnew(domain, id, kept)
    this.#fetches.set(domain, underWay)
    return underWay
  }

  async #fetchAnew(domain: string, id: string, kept: rows.KeptPolicy | undefined): Promise<StsLookup> {
    const { log } = this.#needs
    try {
      const fetched = await this.#ask(domain, id)
      if (!('resultType' in fetched)) {
        await this.#keep(domain, fetched)
        return { policy: fetched, fault: undefined }
      }
      this.#failures.set(domain, { id, fault: fetched })
      log.info('mta-sts.no-policy', { domain, reason: fetched.reason, kept: kept !== undefined })
      return { policy: kept, fault: fetched }
    } finally {
      this.#fetches.delete(domain)
    }
  }

  async #ask(domain: string, id: string): Promise<StsPolicy | StsFault> {
    const url = `https://mta-sts.${domain}/.well-known/mta-sts.txt`
    const { stsFetchMs: timeoutMs, stsBytes: mostBytes } = limits
    try {
      const { status, contentType, body } = await this.#needs.http.request({ method: 'GET', url, timeoutMs, mostBytes })
      if (status !== 200) return { resultType: 'sts-policy-fetch-error', reason: `HTTP status ${status}` }
      // RFC 8461 3.2: else whoever may put files on a web server could make it a policy's.
      if (contentType !== 'text/plain') return { resultType: 'sts-policy-invalid', reason: 'it is no text/plain' }
      const policy = readStsPolicy(Buffer.from(body).toString(), id)
      return typeof policy === 'string' ? { resultType: 'sts-policy-invalid', reason: policy } : policy
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      const resultType = error.reason === 'certificate' ? 'sts-webpki-invalid' : 'sts-policy-fetch-error'
      return { resultType, reason: error.message }
    }
  }

  async #keep(domain: string, policy: StsPolicy): Promise<void> {
    const { clock, database } = this.#needs
    const now = clock.now()
    // A policy that ends at once would be fetched for each message.
    const lifeMs = Math.max(policy.maxAgeSeconds * 1000, limits.stsAgainMs)
    const kept = { ...policy, fetchedAt: now, endsAt: now + lifeMs }
    const refreshAt = now + Math.min(limits.stsRefreshMs, Math.floor(lifeMs / 2))
    this.#known.set(domain, { kept })
    this.#failures.delete(domain)
    await database.write(tx => rows.put(tx, domain, kept, refreshAt))
    this.#count += 1
    if (this.#count > limits.stsKept) await this.#makeRoom()
  }

  async #makeRoom(): Promise<void> {
    const { clock, database } = this.#needs
    this.#count = await database.write(async tx => {
      await rows.purge(tx, clock.now())
      const count = await rows.count(tx)
      const tooMany = count - Math.floor(limits.stsKept * 0.9)
      return tooMany > 0 ? count - (await rows.dropFirstToEnd(tx, tooMany)) : count
    })
  }

  #wait(): void {
    if (this.#isClosed) return
    this.#timer = this.#needs.clock.after(limits.stsRoundMs, () => {
      this.#round = this.#refresh().finally(() => this.#wait())
    })
  }

  /** Fetches anew what is due for it (RFC 8461 10.2): somebody in between who holds the web back must not outlast a policy. */
  async #refresh(): Promise<void> {
    const { clock, database, dns, log } = this.#needs
    try {
      await this.#makeRoom()
      const due = await database.read(tx => rows.dueForRefresh(tx, clock.now(), limits.stsRoundPolicies))
      for (const domain of due) {
        if (this.#isClosed) return
        const kept = await this.#kept(domain)
        const answer = await dns.texts(`_mta-sts.${domain}`)
        const id = (answer.kind === 'found' ? readStsRecord(answer.records) : undefined) ?? kept?.id
        if (id !== undefined) await this.#fetch(domain, id, kept)
        const now = clock.now()
        await database.write(tx => rows.postpone(tx, domain, { now, refreshAt: now + limits.stsRoundMs }))
      }
    } catch (error) {
      log.error('mta-sts.refresh-failed', { reason: String(error) })
    }
  }
}
