import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { fixedDns } from '#io/fixed-dns.ts'
import { type FixedHttp, fixedHttp } from '#io/fixed-http.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { readHeader } from '#mail/header.ts'
import { nameLimits } from './name-limits.ts'
import type { AppliedPolicy } from './tls-policy.ts'
import { type ReportAddress, readReportRecord, TlsReports } from './tls-reports.ts'
import { dayMs, TlsResults } from './tls-results.ts'

const engines: readonly (readonly [name: string, open: (folder: string) => Promise<Database>])[] = [
  ['SQLite', folder => openSqlite({ path: join(folder, 'report.db') })],
  ['PGlite', () => openPglite()],
]

const sts: AppliedPolicy = {
  type: 'sts',
  domain: 'far.test',
  lines: ['version: STSv1', 'mode: testing', 'mx: *.far.test', 'max_age: 86400'],
  hosts: ['*.far.test'],
  fault: undefined,
}
const tlsa: AppliedPolicy = {
  type: 'tlsa',
  domain: 'far.test',
  lines: ['3 1 1 00'],
  hosts: ['mx.far.test'],
  fault: undefined,
}
const none = (domain: string): AppliedPolicy => ({
  type: 'no-policy-found',
  domain,
  lines: [],
  hosts: [],
  fault: undefined,
})

const went = {
  host: 'mx.far.test',
  address: '192.0.2.1',
  result: { resultType: undefined, localAddress: '198.51.100.1' },
}
const failed = (resultType: string, reason?: string) => ({
  ...went,
  result: { resultType, reason, localAddress: '198.51.100.1' },
})

const url = 'https://reports.far.test/tls'
const records = {
  '_smtp._tls.far.test': ['v=TLSRPTv1; rua=mailto:tls@far.test'],
  '_smtp._tls.web.test': [`v=TLSRPTv1;rua=${url}`],
  '_smtp._tls.both.test': [`v=TLSRPTv1;rua=${url},mailto:tls@both.test`],
}

interface Sent {
  readonly to: string
  readonly content: string
}

interface Place extends AsyncDisposable {
  readonly clock: ManualClock
  readonly http: FixedHttp
  readonly results: TlsResults
  readonly sent: Sent[]
  /** Moves on by hours, a round each. */
  hours(count: number): Promise<void>
  refuses: boolean
}

for (const [name, open] of engines) {
  describe(`TLS reports on ${name}`, () => {
    let folder = ''
    let database: Database

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'posthouse-tls-report-'))
      database = await open(folder)
    })
    after(async () => {
      await database[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    })

    async function place(texts: Parameters<typeof fixedDns>[0] = { texts: records }): Promise<Place> {
      const [clock, http, log] = [manualClock(), fixedHttp({ [`POST ${url}`]: { status: 201 } }), memoryLog()]
      const results = await TlsResults.open({ database, clock, log })
      await database.write(async tx => {
        await tx.run(sql`DELETE FROM tls_result`)
        await tx.run(sql`DELETE FROM tls_report`)
      })
      const sent: Sent[] = []
      const reports = new TlsReports({
        database,
        results,
        dns: fixedDns(texts),
        http,
        clock,
        random: seededRandom(1),
        log,
        hostname: 'mail.ours.test',
        organization: 'Ours',
        contact: 'postmaster@ours.test',
        send: async ({ to, content }) => {
          if (here.refuses) return false
          sent.push({ to, content: Buffer.from(content).toString() })
          return true
        },
      })
      const here: Place = {
        clock,
        http,
        results,
        sent,
        refuses: false,
        async hours(count) {
          for (let hour = 0; hour < count; hour += 1) {
            await reports.idle()
            clock.advance(3_600_000)
          }
          await reports.idle()
        },
        [Symbol.asyncDispose]: async () => {
          await reports[Symbol.asyncDispose]()
          await results[Symbol.asyncDispose]()
        },
      }
      return here
    }

    const rowsLeft = async () => {
      const both = sql`SELECT day FROM tls_result UNION ALL SELECT day FROM tls_report`
      return (await database.read(tx => tx.all(both))).length
    }

    /** The JSON of a message. */
    function jsonOf(message: string): unknown {
      const [, part = ''] = /gzip\r\n(?:.+\r\n)+\r\n([A-Za-z0-9+/=\r\n]*?)\r\n--/.exec(message) ?? []
      return JSON.parse(gunzipSync(Buffer.from(part, 'base64')).toString())
    }

    test('a day is reported after its end, once, and forgotten', async () => {
      await using here = await place()
      here.results.note(sts, went)
      here.results.note(sts, went)
      here.results.note(sts, failed('certificate-expired', 'certificate has expired'))
      here.results.note(tlsa, went)
      await here.hours(23)
      here.results.note(sts, failed('certificate-expired', 'certificate has expired'))
      here.results.note(sts, { ...went, result: undefined })
      assert.equal(here.sent.length, 0)
      await here.hours(6)
      assert.equal(here.sent.length, 1)
      assert.equal(here.sent[0]?.to, 'tls@far.test')
      assert.deepEqual(jsonOf(here.sent[0]?.content ?? ''), {
        'organization-name': 'Ours',
        'date-range': { 'start-datetime': '2026-01-01T00:00:00Z', 'end-datetime': '2026-01-01T23:59:59Z' },
        'contact-info': 'postmaster@ours.test',
        'report-id': '6b9064e7d8c9a26089272c38',
        policies: [
          {
            policy: {
              'policy-type': 'tlsa',
              'policy-string': ['3 1 1 00'],
              'policy-domain': 'mx.far.test',
              'mx-host': ['mx.far.test'],
            },
            summary: { 'total-successful-session-count': 1, 'total-failure-session-count': 0 },
          },
          {
            policy: {
              'policy-type': 'sts',
              'policy-string': sts.lines,
              'policy-domain': 'far.test',
              'mx-host': ['*.far.test'],
            },
            summary: { 'total-successful-session-count': 2, 'total-failure-session-count': 2 },
            'failure-details': [
              {
                'result-type': 'certificate-expired',
                'sending-mta-ip': '198.51.100.1',
                'receiving-mx-hostname': 'mx.far.test',
                'receiving-ip': '192.0.2.1',
                'failed-session-count': 2,
                'failure-reason-code': 'certificate has expired',
              },
            ],
          },
        ],
      })
      assert.equal(await rowsLeft(), 0)
      await here.hours(48)
      assert.equal(here.sent.length, 1)
    })

    test('the message is one of RFC 8460', async () => {
      await using here = await place()
      here.results.note(sts, went)
      await here.hours(29)
      const { fields } = readHeader(Buffer.from(here.sent[0]?.content ?? ''))
      const value = (wanted: string) => fields.find(field => field.name === wanted)?.value
      assert.equal(value('TLS-Report-Domain'), 'far.test')
      assert.equal(value('TLS-Report-Submitter'), 'mail.ours.test')
      assert.equal(value('TLS-Required'), 'No')
      assert.match(value('Subject') ?? '', /^Report Domain: far\.test\s+Submitter: mail\.ours\.test\s+Report-ID: <.+>$/)
      assert.match(value('Content-Type') ?? '', /^multipart\/report; report-type="tlsrpt"/)
      const [start, end] = [Date.UTC(2026, 0, 1) / 1000, Date.UTC(2026, 0, 2) / 1000 - 1]
      assert.ok(here.sent[0]?.content.includes(`filename="mail.ours.test!far.test!${start}!${end}!`))
      assert.ok(here.sent[0]?.content.split('\r\n').every(line => line.length <= 998 && !/[\r\n]/.test(line)))
    })

    test('by HTTPS to strangers, never to addresses of our own network', async () => {
      await using here = await place()
      here.results.note(none('web.test'), went)
      await here.hours(29)
      const [asked] = here.http.asked
      assert.deepEqual(
        [asked?.method, asked?.url, asked?.headers?.['content-type']],
        ['POST', url, 'application/tlsrpt+gzip'],
      )
      assert.deepEqual(
        [asked?.allows?.('192.168.1.1'), asked?.allows?.('127.0.0.1'), asked?.allows?.('9.9.9.9')],
        [false, false, true],
      )
      assert.ok(gunzipSync(asked?.body ?? new Uint8Array()).includes('no-policy-found'))
      assert.equal(await rowsLeft(), 0)
    })

    test('to every address that is named', async () => {
      await using here = await place()
      here.results.note(none('both.test'), went)
      await here.hours(29)
      assert.deepEqual([here.http.asked.length, here.sent.length], [1, 1])
    })

    test('what cannot be handed in is tried again, for a day', async () => {
      await using here = await place()
      here.http.answers.set(`POST ${url}`, { status: 503 })
      here.results.note(none('web.test'), went)
      await here.hours(48)
      const tries = here.http.asked.length
      assert.ok(tries > 10, `${tries} tries`)
      assert.equal(await rowsLeft(), 2)
      await here.hours(12)
      assert.equal(await rowsLeft(), 0)
    })

    test('mail that the queue refuses is tried again', async () => {
      await using here = await place()
      here.refuses = true
      here.results.note(sts, went)
      await here.hours(30)
      here.refuses = false
      await here.hours(2)
      assert.equal(here.sent.length, 1)
    })

    test('who wants no report gets none', async () => {
      await using here = await place({ texts: {} })
      here.results.note(sts, went)
      await here.hours(29)
      assert.deepEqual([here.sent.length, await rowsLeft()], [0, 0])
    })

    test('while DNS says nothing, nothing is lost', async () => {
      await using here = await place({ texts: { '_smtp._tls.far.test': 'unknown' } })
      here.results.note(sts, went)
      await here.hours(29)
      assert.deepEqual([here.sent.length, await rowsLeft()], [0, 2])
    })

    test('more domains than are read at once', async () => {
      const domains = Array.from({ length: nameLimits.reportsAtOnce * 2 + 1 }, (_, at) => `d${at}.test`)
      const texts = Object.fromEntries(
        domains.map(domain => [`_smtp._tls.${domain}`, [`v=TLSRPTv1;rua=mailto:tls@${domain}`]]),
      )
      await using here = await place({ texts })
      for (const domain of domains) here.results.note(none(domain), went)
      await here.hours(29)
      assert.equal(new Set(here.sent.map(({ to }) => to)).size, domains.length)
    })

    test('a domain with a thousand different failures costs a hundred rows', async () => {
      await using here = await place()
      for (let at = 0; at < 1000; at += 1) here.results.note(sts, failed('validation-failure', `reason ${at}`))
      await here.results.write()
      const count = await database.read(tx => tx.get<[number]>(sql`SELECT COUNT(*) FROM tls_result`))
      assert.equal(count?.[0], nameLimits.failuresPerDomain)
    })

    test('a policy that could not be had is a failure of its own', async () => {
      await using here = await place()
      const fault = { resultType: 'sts-policy-fetch-error', reason: 'HTTP status 500' } as const
      here.results.note({ ...none('far.test'), type: 'sts', fault }, went)
      await here.hours(29)
      const text = JSON.stringify(jsonOf(here.sent[0]?.content ?? ''))
      assert.match(text, /"result-type":"sts-policy-fetch-error"/)
      assert.match(text, /"total-failure-session-count":1/)
    })

    test('what was counted outlasts a restart', async () => {
      {
        await using here = await place()
        here.results.note(sts, went)
      }
      assert.equal(await rowsLeft(), 2)
      const late = manualClock(Date.UTC(2026, 0, 1) + 2 * dayMs)
      await using results = await TlsResults.open({ database, clock: late, log: memoryLog() })
      const sent: string[] = []
      await using reports = new TlsReports({
        database,
        results,
        dns: fixedDns({ texts: records }),
        http: fixedHttp(),
        clock: late,
        random: seededRandom(2),
        log: memoryLog(),
        hostname: 'mail.ours.test',
        organization: 'Ours',
        contact: 'postmaster@ours.test',
        send: async ({ to }) => sent.push(to) > 0,
      })
      await reports.idle()
      assert.deepEqual(sent, ['tls@far.test'])
    })
  })
}

const mail = (to: string): ReportAddress => ({ kind: 'mail', to })
const addresses: readonly (readonly [texts: readonly string[], wanted: readonly ReportAddress[]])[] = [
  [['v=TLSRPTv1; rua=mailto:a@b.test'], [mail('a@b.test')]],
  [
    ['v=TLSRPTv1;rua=mailto:a@b.test, https://c.test/x'],
    [mail('a@b.test'), { kind: 'https', url: 'https://c.test/x' }],
  ],
  [['v=TLSRPTv1; rua=mailto:a%2Cb@c.test?subject=x;'], []],
  [['v=TLSRPTv1; rua=mailto:a%2Bb@c.test?subject=x;'], [mail('a+b@c.test')]],
  [['v=TLSRPTv1; rua=http://c.test/,ftp://c.test,mailto:nobody,mailto:%'], []],
  [['v=TLSRPTv1; rua=mailto:a@b.test%0D%0ABcc:x@y.test'], []],
  [['v=TLSRPTv1; rua=mailto:a@b.test', 'v=TLSRPTv1; rua=mailto:c@d.test'], []],
  [['v=spf1 -all', 'v=TLSRPTv1; rua=mailto:a@b.test'], [mail('a@b.test')]],
  [
    ['v=TLSRPTv1; rua=mailto:a@b.test,mailto:c@b.test,mailto:d@b.test,mailto:e@b.test'],
    ['a', 'c', 'd'].map(one => mail(`${one}@b.test`)),
  ],
  [['v=TLSRPTv2; rua=mailto:a@b.test'], []],
  [['v=TLSRPTv1;'], []],
  [[], []],
]
for (const [texts, wanted] of addresses)
  test(`${JSON.stringify(texts)} wants reports at ${wanted.length} addresses`, () =>
    assert.deepEqual(readReportRecord(texts), wanted))
