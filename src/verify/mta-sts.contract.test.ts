import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Answer } from '#io/dns.ts'
import { type FixedHttp, fixedHttp } from '#io/fixed-http.ts'
import { HttpError } from '#io/http.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { limits } from './limits.ts'
import { MtaSts } from './mta-sts.ts'

const engines: readonly (readonly [name: string, open: (folder: string) => Promise<Database>])[] = [
  ['SQLite', folder => openSqlite({ path: join(folder, 'sts.db') })],
  ['PGlite', () => openPglite()],
]

const url = 'GET https://mta-sts.far.test/.well-known/mta-sts.txt'
const policyText = (mode: string, maxAge = 86_400 * 7) =>
  `version: STSv1\nmode: ${mode}\nmx: mx.far.test\nmax_age: ${maxAge}\n`
const dayMs = 86_400_000

interface Place {
  readonly clock: ManualClock
  readonly http: FixedHttp
  /** Of the domain's record. */
  id: string | 'none' | 'unknown'
  readonly sts: MtaSts
  readonly opened: () => Promise<MtaSts>
}

for (const [name, open] of engines) {
  describe(`MTA-STS on ${name}`, () => {
    let folder = ''
    let database: Database

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'posthouse-sts-'))
      database = await open(folder)
    })
    after(async () => {
      await database[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    })

    async function place(): Promise<Place> {
      const [clock, http, log] = [manualClock(), fixedHttp({ [url]: { body: policyText('enforce') } }), memoryLog()]
      const texts = async (): Promise<Answer<string>> => {
        if (here.id === 'unknown') return { kind: 'unknown' }
        if (here.id === 'none') return { kind: 'none', nameExists: false, isAuthentic: false }
        return { kind: 'found', records: [`v=STSv1; id=${here.id};`], isAuthentic: false, name: '_mta-sts.far.test' }
      }
      const opened = () => MtaSts.open({ database, dns: { texts }, http, clock, log })
      const here = { clock, http, id: '1', sts: await opened(), opened }
      await database.write(tx => tx.run(sql`DELETE FROM sts_policy`))
      return here
    }

    const modeOf = async (sts: MtaSts) => (await sts.of('far.test')).policy?.mode

    test('a policy is fetched once, and outlasts a restart', async () => {
      const here = await place()
      assert.equal(await modeOf(here.sts), 'enforce')
      assert.equal(await modeOf(here.sts), 'enforce')
      await using again = await here.opened()
      assert.deepEqual(await again.of('far.test').then(({ policy }) => policy?.patterns), ['mx.far.test'])
      assert.equal(here.http.asked.length, 1)
      assert.equal(here.http.asked[0]?.allows, undefined)
    })

    test('those that ask at once wait for one fetch', async () => {
      const here = await place()
      await Promise.all([1, 2, 3].map(() => here.sts.of('far.test')))
      assert.equal(here.http.asked.length, 1)
    })

    test('without a record nothing is fetched', async () => {
      const here = await place()
      here.id = 'none'
      assert.deepEqual(await here.sts.of('far.test'), { policy: undefined, fault: undefined })
      assert.equal(here.http.asked.length, 0)
    })

    test('another id brings the new policy', async () => {
      const here = await place()
      await here.sts.of('far.test')
      here.http.answers.set(url, { body: policyText('none') })
      assert.equal(await modeOf(here.sts), 'enforce')
      here.id = '2'
      assert.equal(await modeOf(here.sts), 'none')
    })

    for (const id of ['none', 'unknown'] as const) {
      test(`a policy outlasts its record (${id}), until its time is over`, async () => {
        const here = await place()
        await here.sts.of('far.test')
        here.id = id
        here.clock.advance(7 * dayMs - 1)
        assert.equal(await modeOf(here.sts), 'enforce')
        here.clock.advance(1)
        assert.equal(await modeOf(here.sts), undefined)
      })
    }

    const faults: readonly (readonly [
      why: string,
      answer: Parameters<FixedHttp['answers']['set']>[1],
      wanted: string,
    ])[] = [
      ['no page', { status: 404 }, 'sts-policy-fetch-error'],
      ['a redirect', { status: 302 }, 'sts-policy-fetch-error'],
      ['no answer', new HttpError('timeout', 'no answer in time'), 'sts-policy-fetch-error'],
      ['too much', { body: 'x'.repeat(100_000) }, 'sts-policy-fetch-error'],
      ['a certificate that is not trusted', new HttpError('certificate', 'self-signed'), 'sts-webpki-invalid'],
      ['a page of another kind', { contentType: 'text/html', body: policyText('enforce') }, 'sts-policy-invalid'],
      ['a page that is no policy', { body: 'hello' }, 'sts-policy-invalid'],
    ]
    for (const [why, answer, wanted] of faults) {
      test(`${why}: ${wanted}, and what was kept counts`, async () => {
        const here = await place()
        await here.sts.of('far.test')
        here.id = '2'
        here.http.answers.set(url, answer)
        const { policy, fault } = await here.sts.of('far.test')
        assert.deepEqual([policy?.mode, policy?.id, fault?.resultType], ['enforce', '1', wanted])
      })
    }

    test('a fetch in vain is not tried again at once', async () => {
      const here = await place()
      here.http.answers.set(url, { status: 500 })
      assert.equal((await here.sts.of('far.test')).fault?.resultType, 'sts-policy-fetch-error')
      assert.equal((await here.sts.of('far.test')).fault?.resultType, 'sts-policy-fetch-error')
      assert.equal(here.http.asked.length, 1)
      here.clock.advance(limits.stsAgainMs)
      here.http.answers.set(url, { body: policyText('testing') })
      assert.equal(await modeOf(here.sts), 'testing')
    })

    test('a policy is fetched anew before it ends, though no mail goes there', async () => {
      const here = await place()
      await here.sts.of('far.test')
      for (let hours = 0; hours < 14 * 24; hours += 1) {
        here.clock.advance(limits.stsRoundMs)
        await here.sts.idle()
      }
      assert.equal(await modeOf(here.sts), 'enforce')
      assert.ok(here.http.asked.length > 10 && here.http.asked.length < 20, `${here.http.asked.length} fetches`)
    })

    test('when the web is held back, it is tried often, and the policy ends in its time', async () => {
      const here = await place()
      await here.sts.of('far.test')
      here.http.answers.delete(url)
      for (let hours = 0; hours < 24 * 8; hours += 1) {
        here.clock.advance(limits.stsRoundMs)
        await here.sts.idle()
      }
      assert.ok(here.http.asked.length > 100)
      assert.equal(await modeOf(here.sts), undefined)
      const rows = await database.read(tx => tx.get<[number]>(sql`SELECT COUNT(*) FROM sts_policy`))
      assert.equal(rows?.[0], 0)
    })

    test('a policy that ends at once is not fetched for each message', async () => {
      const here = await place()
      here.http.answers.set(url, { body: policyText('enforce', 0) })
      await here.sts.of('far.test')
      await here.sts.of('far.test')
      assert.equal(here.http.asked.length, 1)
    })
  })
}
