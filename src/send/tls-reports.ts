// Hands in the daily reports about TLS (RFC 8460): for each domain that mail went to on a day, if it wants them, some hours after the day's end, by mail
// or HTTPS as its record says. One that cannot be handed in is tried again for a day. Domains that want none cost one question to DNS.

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import { type Http, HttpError } from '#io/http.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database } from '#io/sql/database.ts'
import { parseAddress, printAddress } from '#mail/address.ts'
import { isPublic } from '#verify/public-address.ts'
import { nameLimits as limits } from './name-limits.ts'
import * as rows from './tls-report-rows.ts'
import { type CountedDetail, reportFileName, reportJson, reportMessage, type TlsReport } from './tls-report-text.ts'
import { dayMs, type ResultDetail, type TlsResults } from './tls-results.ts'

export interface TlsReportsNeeds {
  readonly database: Database
  readonly results: TlsResults
  readonly dns: Pick<Dns, 'texts'>
  readonly http: Http
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Of this host, in ASCII. */
  readonly hostname: string
  /** Who reports, in words; and whom to ask about it, a mail address. */
  readonly organization: string
  readonly contact: string
  /** Hands a message to the queue, from the null path: true once it is safe there, false when it was refused. */
  send(message: { readonly to: string; readonly content: Uint8Array }): Promise<boolean>
}

/** Where a domain wants its reports: `mailto:` or `https:` (RFC 8460 3). */
export type ReportAddress =
  | { readonly kind: 'mail'; readonly to: string }
  | { readonly kind: 'https'; readonly url: string }

const compressed = promisify(gzip)

export class TlsReports implements AsyncDisposable {
  readonly #needs: TlsReportsNeeds
  #timer: Disposable | undefined
  #round: Promise<void> = Promise.resolve()
  #isClosed = false

  /** The tables are `results`'s. */
  constructor(needs: TlsReportsNeeds) {
    this.#needs = needs
    this.#begin()
  }

  /** Settles when no round is under way. */
  async idle(): Promise<void> {
    await this.#round
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#timer?.[Symbol.dispose]()
    await this.#round
  }

  #begin(): void {
    this.#round = this.#rounds().finally(() => {
      if (!this.#isClosed) this.#timer = this.#needs.clock.after(limits.reportAgainMs, () => this.#begin())
    })
  }

  async #rounds(): Promise<void> {
    const { clock, database, log, results } = this.#needs
    try {
      await results.write()
      for (;;) {
        const due = await database.read(tx => rows.due(tx, clock.now(), limits.reportsAtOnce))
        for (const key of due) {
          if (this.#isClosed) return
          await this.#handIn(key)
        }
        // What could not be handed in is due later.
        if (due.length < limits.reportsAtOnce) return
      }
    } catch (error) {
      log.error('tls-report.round-failed', { reason: String(error) })
    }
  }

  async #handIn(key: rows.ReportKey): Promise<void> {
    const { clock, database, log } = this.#needs
    const outcome = await this.#report(key)
    const isLate = clock.now() >= (key.day + 1) * dayMs + limits.reportSpreadMs + limits.reportGivenUpMs
    if (outcome === 'again' && !isLate) {
      await database.write(tx => rows.postpone(tx, key, clock.now() + limits.reportAgainMs))
      return
    }
    await database.write(tx => rows.settle(tx, key))
    if (outcome !== 'unwanted')
      log.info(`tls-report.${outcome === 'again' ? 'given-up' : 'handed-in'}`, { domain: key.domain })
  }

  async #report(key: rows.ReportKey): Promise<'handed-in' | 'unwanted' | 'again'> {
    const { dns, database } = this.#needs
    const answer = await dns.texts(`_smtp._tls.${key.domain}`)
    if (answer.kind === 'unknown') return 'again'
    const addresses = answer.kind === 'found' ? readReportRecord(answer.records) : []
    if (addresses.length === 0) return 'unwanted'
    const counted = await database.read(tx => rows.resultsOf(tx, key, limits.resultsPerReport))
    if (counted.length === 0) return 'unwanted'
    const report = this.#composed(key, counted.map(readResult))
    const content = await compressed(reportJson(report))
    const handedIn = await Promise.all(addresses.map(address => this.#deliver(report, content, address)))
    return handedIn.includes(true) ? 'handed-in' : 'again'
  }

  #composed({ day, domain }: rows.ReportKey, results: readonly CountedDetail[]): TlsReport {
    const { random, organization, contact } = this.#needs
    return { day, domain, id: Buffer.from(random.bytes(12)).toString('hex'), organization, contact, results }
  }

  async #deliver(report: TlsReport, content: Uint8Array, address: ReportAddress): Promise<boolean> {
    const { clock, hostname, send } = this.#needs
    if (address.kind === 'https') return await this.#post(report, content, address.url)
    const { to } = address
    return await send({ to, content: reportMessage({ report, hostname, to, now: clock.now(), content }) })
  }

  async #post(report: TlsReport, body: Uint8Array, url: string): Promise<boolean> {
    const { http, hostname, log } = this.#needs
    const { reportPostMs: timeoutMs, reportAnswerBytes: mostBytes } = limits
    const headers = {
      'content-type': 'application/tlsrpt+gzip',
      'content-disposition': `attachment; filename="${reportFileName(report, hostname)}"`,
    }
    try {
      // The address is a stranger's: it must not lead into our own network.
      const { status } = await http.request({
        method: 'POST',
        url,
        headers,
        body,
        timeoutMs,
        mostBytes,
        allows: isPublic,
      })
      if (status >= 200 && status < 300) return true
      log.info('tls-report.refused', { domain: report.domain, url, status })
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      log.info('tls-report.refused', { domain: report.domain, url, reason: error.message })
    }
    return false
  }
}

/** RFC 8460 3: one record, or none counts. */
export function readReportRecord(texts: readonly string[]): readonly ReportAddress[] {
  const records = texts.filter(text => /^v=TLSRPTv1[\t ]*;/.test(text))
  const [record] = records
  if (record === undefined || records.length > 1) return []
  const [, list = ''] = /;[\t ]*rua=([^;]*)/.exec(record) ?? []
  return list.split(',').slice(0, limits.reportAddresses).flatMap(readReportAddress)
}

function readReportAddress(written: string): readonly ReportAddress[] {
  const text = written.trim()
  if (/^https:\/\//i.test(text)) return URL.canParse(text) ? [{ kind: 'https', url: text }] : []
  if (!/^mailto:/i.test(text)) return []
  const address = parseAddress(unescaped(text.slice('mailto:'.length).replace(/\?.*$/, '')))
  // It goes into the envelope and the header of ASCII messages.
  if (address === undefined || /[^\x21-\x7e]/.test(printAddress(address))) return []
  return [{ kind: 'mail', to: printAddress(address) }]
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function readResult({ detail, sessions }: Pick<rows.CountedResult, 'detail' | 'sessions'>): CountedDetail {
  const read: ResultDetail = JSON.parse(detail)
  return { ...read, sessions }
}
