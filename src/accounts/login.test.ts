// Logins: who gets in, what they are told, how late a "no" comes.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import type { Backoff, BackoffAnswer } from './attempt.ts'
import { Directory } from './directory.ts'
import { limits } from './limits.ts'
import { authenticator } from './login.ts'

const weak = { memoryKib: 16, passes: 1, parallelism: 1 }
const strong = { memoryKib: 32, passes: 2, parallelism: 1 }

describe('login', () => {
  let folder: string
  let database: Database
  let directory: Directory
  const clock = manualClock()
  const random = seededRandom(2)
  const log = memoryLog()

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-login-'))
    database = await openSqlite({ path: join(folder, 'a.db') })
    directory = await Directory.open({ database, clock, random, passwordCost: weak })
    await directory.addDomain('example.test')
    for (const [name, password] of [
      ['Alice', 'right pässword'],
      ['off', 'secret'],
    ] as const) {
      const accountId = await directory.reserveAccountId()
      await directory.addAccount({ accountId, address: `${name}@example.test`, password })
    }
    await directory.setDisabled('off@example.test', true)
    await directory.addAlias('sales@example.test', 'alice@example.test')
  })
  after(async () => {
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  test('the full address in any case, the password however composed; disabled is told to its owner only', async () => {
    const { login } = authenticator({ directory, backoff: patient(), clock, random, log })
    const table: [string, string, string][] = [
      ['alice@example.test', 'right pässword', 'welcome'],
      ['ALICE@EXAMPLE.TEST', 'right pa\u0308ssword', 'welcome'],
      ['alice@example.test', 'right\u00a0pässword', 'welcome'],
      ['alice@example.test', 'Right pässword', 'wrong'],
      ['alice@example.test', '', 'wrong'],
      ['alice@example.test', 'right pässword\0', 'wrong'],
      ['alice@example.test', 'x'.repeat(5_000), 'wrong'],
      ['alice', 'right pässword', 'wrong'],
      ['alice+x@example.test', 'right pässword', 'wrong'],
      ['sales@example.test', 'right pässword', 'wrong'],
      ['nobody@example.test', 'right pässword', 'wrong'],
      ['off@example.test', 'wrong', 'wrong'],
      ['off@example.test', 'secret', 'disabled'],
    ]
    for (const [user, password, kind] of table)
      assert.equal((await login(user, password, '192.0.2.1')).kind, kind, `${user} ${password}`)
  })

  test('a wrong login is answered after the delay, a right one at once', async () => {
    const { login } = authenticator({ directory, backoff: patient({ kind: 'go', delayMs: 4_000 }), clock, random, log })
    assert.equal((await login('alice@example.test', 'right pässword', '192.0.2.1')).kind, 'welcome')
    let answered = false
    const failed = Promise.withResolvers<void>()
    const backoff = { ...patient({ kind: 'go', delayMs: 4_000 }), failed: () => failed.resolve() }
    const late = authenticator({ directory, backoff, clock, random, log }).login(
      'alice@example.test',
      'no',
      '192.0.2.1',
    )
    void late.then(() => {
      answered = true
    })
    await failed.promise
    clock.advance(3_999)
    await Promise.resolve()
    assert.equal(answered, false)
    clock.advance(1)
    assert.equal((await late).kind, 'wrong')
  })

  test('too many: the password is not looked at', async () => {
    const backoff = patient({ kind: 'too-many', retryAfterMs: 60_000 })
    const { login } = authenticator({ directory, backoff, clock, random, log })
    const outcome = await login('alice@example.test', 'right pässword', '192.0.2.1')
    assert.deepEqual(outcome, { kind: 'too-many', retryAfterMs: 60_000 })
    assert.deepEqual(backoff.calls, ['before alice@example.test 192.0.2.1'])
  })

  test('guesses side by side win nothing: a ban that came meanwhile holds for the right password too', async () => {
    const banned: BackoffAnswer = { kind: 'too-many', retryAfterMs: 60_000 }
    const answers: BackoffAnswer[] = [{ kind: 'go', delayMs: 0 }, banned]
    const backoff = { ...patient(), before: () => answers.shift() ?? banned }
    const { login } = authenticator({ directory, backoff, clock, random, log })
    assert.deepEqual(await login('alice@example.test', 'right pässword', '192.0.2.1'), banned)
    assert.deepEqual(backoff.calls, [])
  })

  test('every way to write a name counts as the same name', async () => {
    const backoff = patient()
    const { login } = authenticator({ directory, backoff, clock, random, log })
    await login('ALICE@Example.Test', 'no', '192.0.2.1')
    await login(' alice@example.test ', 'right pässword', '192.0.2.1')
    await login('x'.repeat(1_000), 'no', '192.0.2.1')
    const name = 'alice@example.test 192.0.2.1'
    const long = `${'x'.repeat(limits.localPartBytes + limits.domainBytes)} 192.0.2.1`
    assert.deepEqual(backoff.calls, [
      `before ${name}`,
      `before ${name}`,
      `failed ${name}`,
      `before ${name}`,
      `before ${name}`,
      `succeeded ${name}`,
      `before ${long}`,
      `before ${long}`,
      `failed ${long}`,
    ])
  })

  test('a changed password, a disabled account count from the next login on', async () => {
    const { login } = authenticator({ directory, backoff: patient(), clock, random, log })
    const tries = async (password: string) => (await login('alice@example.test', password, '192.0.2.1')).kind
    assert.equal(await tries('right pässword'), 'welcome')
    assert.equal((await directory.setPassword('alice@example.test', 'another')).kind, 'done')
    assert.equal(await tries('right pässword'), 'wrong')
    assert.equal(await tries('another'), 'welcome')
    await directory.setDisabled('alice@example.test', true)
    assert.equal(await tries('another'), 'disabled')
    await directory.setDisabled('alice@example.test', false)
    assert.equal((await directory.setPassword('nobody@example.test', 'x')).kind, 'no-such-account')
    assert.equal((await directory.setPassword('alice@example.test', '')).kind, 'bad-password')
  })

  test('a right password is hashed anew when the cost has risen', async () => {
    const dearer = await Directory.open({ database, clock, random, passwordCost: strong })
    const { login } = authenticator({ directory: dearer, backoff: patient(), clock, random, log })
    const stored = async () => (await dearer.credentials('alice@example.test'))?.passwordHash.split('$')[3]
    assert.equal(await stored(), 'm=16,t=1,p=1')
    assert.equal((await login('alice@example.test', 'no', '192.0.2.1')).kind, 'wrong')
    assert.equal(await stored(), 'm=16,t=1,p=1')
    assert.equal((await login('alice@example.test', 'another', '192.0.2.1')).kind, 'welcome')
    assert.equal(await stored(), 'm=32,t=2,p=1')
    assert.equal((await login('alice@example.test', 'another', '192.0.2.1')).kind, 'welcome')
  })
})

function patient(answer: BackoffAnswer = { kind: 'go', delayMs: 0 }): Backoff & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    before(user, address) {
      calls.push(`before ${user} ${address}`)
      return answer
    },
    failed: (user, address) => void calls.push(`failed ${user} ${address}`),
    succeeded: (user, address) => void calls.push(`succeeded ${user} ${address}`),
  }
}
