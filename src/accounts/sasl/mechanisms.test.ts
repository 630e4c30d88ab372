// Every mechanism against a real directory: who gets in, what the throttle hears, and that a stranger learns nothing.

import assert from 'node:assert/strict'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { AccessTokens } from '#accounts/access-tokens.ts'
import type { Authenticator, SaslChannel, SaslExchange, SaslStep } from '#accounts/account.ts'
import * as accounts from '#accounts/account-verbs.ts'
import type { Backoff, BackoffAnswer } from '#accounts/attempt.ts'
import { Directory } from '#accounts/directory.ts'
import { authenticator } from '#accounts/login.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'

const passwordCost = { memoryKib: 16, passes: 1, parallelism: 1 }
const here = '192.0.2.1'
const alice = 'alice@example.test'

const bound: SaslChannel = {
  tls: { version: 'TLSv1.3', cipher: 'x', servername: undefined },
  peerCertificate: undefined,
  channelBinding: type => Buffer.from(type),
}
const unbound: SaslChannel = { ...bound, channelBinding: () => undefined }

interface ScramTry {
  readonly mechanism: string
  readonly channel: SaslChannel
  /** The gs2 header without its last comma. */
  readonly header: string
  readonly backoff: Backoff
  readonly user: string
  readonly password: string
  readonly binding: string
  readonly nonce: (theirs: string) => string
}

const plainTry: ScramTry = {
  mechanism: 'SCRAM-SHA-256',
  channel: unbound,
  header: 'n,',
  backoff: patient(),
  user: alice,
  password: 'right pässword',
  binding: '',
  nonce: theirs => theirs,
}
const plus = { mechanism: 'SCRAM-SHA-256-PLUS', channel: bound } as const

describe('sasl', () => {
  let folder: string
  let database: Database
  let directory: Directory
  let clock: ManualClock
  let log: MemoryLog

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-sasl-'))
    database = await openSqlite({ path: join(folder, 'a.db') })
    clock = manualClock()
    log = memoryLog()
    directory = await Directory.open({ database, clock, random: seededRandom(2), passwordCost, scramSha1: true })
    await directory.addDomain('example.test')
    for (const [name, password] of [
      ['Alice', 'right pässword'],
      ['off', 'secret'],
    ] as const) {
      const accountId = await directory.reserveAccountId()
      await directory.addAccount({ accountId, address: `${name}@example.test`, password })
    }
    await directory.setDisabled('off@example.test', true)
    await directory.addAlias('sales@example.test', alice)
  })
  after(async () => {
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  function server(backoff: Backoff = patient(), tokens?: AccessTokens): Authenticator {
    const certificateAccounts = new Map([['ab'.repeat(32), alice]])
    const random = seededRandom(3)
    return authenticator({
      directory,
      backoff,
      clock,
      random,
      log,
      sasl: { scramSha1: true, tokens, certificateAccounts },
    })
  }

  function exchange(
    mechanism: string,
    channel = bound,
    backoff: Backoff = patient(),
    tokens?: AccessTokens,
  ): SaslExchange {
    const found = server(backoff, tokens).exchange(mechanism, channel, here)
    assert.ok(found, mechanism)
    return found
  }

  /** Challenges as text, then how it ended. */
  async function play(started: SaslExchange, initial: string | undefined, ...responses: string[]): Promise<string[]> {
    const said: string[] = []
    let step: SaslStep = await started.start(initial === undefined ? undefined : Buffer.from(initial))
    for (const response of responses) {
      if (step.kind !== 'challenge') break
      said.push(Buffer.from(step.bytes).toString())
      step = await started.respond(Buffer.from(response))
    }
    return [...said, ended(step)]
  }

  /** A client's whole SCRAM, and how it ended. */
  async function scram(given: Partial<ScramTry> = {}): Promise<string> {
    const { mechanism, channel, header, backoff, user, password, binding, nonce } = { ...plainTry, ...given }
    const started = exchange(mechanism, channel, backoff)
    const bare = `n=${user},r=clientnonce`
    const first = await started.start(Buffer.from(`${header},${bare}`))
    if (first.kind !== 'challenge') return ended(first)
    const serverFirst = Buffer.from(first.bytes).toString()
    const keys = clientKeys(mechanism, password, serverFirst)
    const cbind = Buffer.concat([Buffer.from(`${header},`), Buffer.from(binding)]).toString('base64')
    const withoutProof = `c=${cbind},r=${nonce(keys.nonce)}`
    const authMessage = `${bare},${serverFirst},${withoutProof}`
    const final = await started.respond(Buffer.from(`${withoutProof},p=${keys.proof(authMessage)}`))
    if (final.kind !== 'challenge') return ended(final)
    assert.equal(Buffer.from(final.bytes).toString(), `v=${keys.serverSignature(authMessage)}`)
    return ended(await started.respond(Buffer.alloc(0)))
  }

  test('what the connection does not offer, and what nobody has, is no mechanism', () => {
    const { exchange: find, mechanisms } = server()
    for (const name of mechanisms(bound)) assert.ok(find(name.toLowerCase(), bound, here), name)
    for (const name of ['', 'CRAM-MD5', 'constructor', 'XOAUTH2', 'EXTERNAL'])
      assert.equal(find(name, bound, here), undefined)
    assert.equal(find('SCRAM-SHA-256-PLUS', unbound, here), undefined)
    assert.equal(find('PLAIN', { ...bound, tls: undefined }, here), undefined)
  })

  const password = 'right pässword'
  const plays: readonly [
    name: string,
    mechanism: string,
    initial: string | undefined,
    said: string[],
    wanted: string[],
  ][] = [
    ['PLAIN with an initial response', 'PLAIN', `\0${alice}\0${password}`, [], ['welcome']],
    ['PLAIN after an empty challenge', 'plain', undefined, [`\0${alice}\0${password}`], ['', 'welcome']],
    ['PLAIN naming oneself', 'PLAIN', `ALICE@example.test\0${alice}\0${password}`, [], ['welcome']],
    ['PLAIN for somebody else', 'PLAIN', `off@example.test\0${alice}\0${password}`, [], ['not-yourself']],
    ['PLAIN with a wrong password', 'PLAIN', `\0${alice}\0x`, [], ['wrong']],
    ['PLAIN with nothing', 'PLAIN', '', [], ['malformed']],
    ['LOGIN', 'LOGIN', undefined, [alice, password], ['Username:', 'Password:', 'welcome']],
    ['LOGIN whose initial response is the user', 'login', alice, [password], ['Password:', 'welcome']],
    ['LOGIN with an empty initial response', 'LOGIN', '', [alice, password], ['Username:', 'Password:', 'welcome']],
    ['LOGIN with an empty user', 'LOGIN', undefined, ['', 'x'], ['Username:', 'Password:', 'malformed']],
    ['LOGIN with an empty password', 'LOGIN', undefined, ['a', ''], ['Username:', 'Password:', 'malformed']],
  ]
  for (const [name, mechanism, initial, said, wanted] of plays)
    test(name, async () => assert.deepEqual(await play(exchange(mechanism), initial, ...said), wanted))

  const scrams: readonly [name: string, given: Partial<ScramTry>, wanted: string][] = [
    ['SCRAM-SHA-256', {}, 'welcome'],
    ['SCRAM-SHA-1', { mechanism: 'SCRAM-SHA-1' }, 'welcome'],
    ['the user in any case', { user: 'ALICE@Example.Test' }, 'welcome'],
    ['another password', { password: 'Right pässword' }, 'wrong'],
    ['a user who is nobody', { user: 'nobody@example.test' }, 'wrong'],
    ['an alias', { user: 'sales@example.test' }, 'wrong'],
    ['a user that is no address', { user: 'alice' }, 'wrong'],
    ['another nonce than ours', { nonce: theirs => `${theirs}x` }, 'wrong'],
    ['the client’s nonce alone', { nonce: () => 'clientnonce' }, 'wrong'],
    ['binding data where none was promised', { binding: 'tls-exporter' }, 'wrong'],
    ['disabled, and the password right', { user: 'off@example.test', password: 'secret' }, 'disabled'],
    ['disabled, and the password wrong', { user: 'off@example.test', password: 'x' }, 'wrong'],
    ['for oneself by name', { header: `n,a=${alice}` }, 'welcome'],
    ['for somebody else', { header: 'n,a=off@example.test' }, 'not-yourself'],
    ['the client could bind, and so could we', { channel: bound, header: 'y,' }, 'downgraded'],
    ['the client could bind, we could not', { header: 'y,' }, 'welcome'],
    ['the client can’t bind, we could', { channel: bound }, 'welcome'],
    ['binding without PLUS', { channel: bound, header: 'p=tls-exporter,', binding: 'tls-exporter' }, 'malformed'],
    ['PLUS by tls-exporter', { ...plus, header: 'p=tls-exporter,', binding: 'tls-exporter' }, 'welcome'],
    [
      'PLUS by tls-server-end-point',
      { ...plus, header: 'p=tls-server-end-point,', binding: 'tls-server-end-point' },
      'welcome',
    ],
    [
      'SHA-1-PLUS',
      { channel: bound, mechanism: 'SCRAM-SHA-1-PLUS', header: 'p=tls-exporter,', binding: 'tls-exporter' },
      'welcome',
    ],
    [
      'PLUS with the binding of another connection',
      { ...plus, header: 'p=tls-exporter,', binding: 'tls-exportes' },
      'wrong',
    ],
    ['PLUS with no binding data', { ...plus, header: 'p=tls-exporter,' }, 'wrong'],
    ['PLUS by a type that we have not', { ...plus, header: 'p=tls-unique,', binding: 'tls-unique' }, 'malformed'],
    ['PLUS without binding', { ...plus, header: 'n,' }, 'malformed'],
    ['PLUS with a denial of it', { ...plus, header: 'y,' }, 'downgraded'],
  ]
  for (const [name, given, wanted] of scrams)
    test(`SCRAM: ${name}`, async () => assert.equal(await scram(given), wanted))

  test('SCRAM: the client answers an empty challenge, and an empty first message is none', async () => {
    const [empty, serverFirst] = await play(exchange('SCRAM-SHA-256', unbound), undefined, `n,,n=${alice},r=a`, 'x')
    assert.equal(empty, '')
    assert.match(serverFirst ?? '', /^r=a[\w+/]{24},s=[\w+/]{22}==,i=15000$/)
    assert.deepEqual(await play(exchange('SCRAM-SHA-256', unbound), ''), ['malformed'])
  })

  test('SCRAM: a stranger is told the same of a name with and without an account, each time', async () => {
    const asked = async (user: string) =>
      (await play(exchange('SCRAM-SHA-256', unbound), `n,,n=${user},r=a`, 'x'))[0]?.replace(/^r=[^,]*/, '')
    const nobody = await asked('nobody@example.test')
    assert.match(nobody ?? '', /^,s=[\w+/]{22}==,i=15000$/)
    assert.equal(await asked('NOBODY@example.test'), nobody)
    assert.notEqual(await asked('nobody2@example.test'), nobody)
    const known = await asked(alice)
    assert.match(known ?? '', /^,s=[\w+/]{22}==,i=15000$/)
    await directory.setPassword(alice, 'another')
    assert.equal(await asked(alice), known, 'a salt that changes tells that there is an account')
    const again = await Directory.open({ database, clock, random: seededRandom(99), passwordCost })
    const { keys } = await again.scram.credentials('nobody@example.test', 'SCRAM-SHA-256')
    assert.equal(`,s=${keys.salt.toBase64()},i=15000`, nobody)
    assert.equal(await scram({ password: 'another' }), 'welcome')
    assert.equal(await scram({}), 'wrong')
    await directory.setPassword(alice, password)
  })

  test('SCRAM: the password is prepared as elsewhere: what the client prepared fits what was typed', async () => {
    await directory.setPassword(alice, 'I\u00adX\u00a0pa\u0308ss')
    assert.equal(await scram({ password: 'IX p\u00e4ss' }), 'welcome')
    await directory.setPassword(alice, password)
  })

  test('SCRAM: an account from before it gets its keys at the next login with the password, and not for a wrong one', async () => {
    const accountId = await directory.reserveAccountId()
    const passwordHash = await directory.hasher.hash('old secret')
    await database.write(tx => accounts.add(tx, { accountId, address: 'old@example.test', passwordHash, now: 0 }))
    const old = { user: 'old@example.test', password: 'old secret' }
    assert.equal(await scram(old), 'wrong')
    const { login } = server()
    assert.equal((await login(old.user, 'wrong', here)).kind, 'wrong')
    assert.equal(await scram(old), 'wrong')
    assert.equal((await login(old.user, old.password, here)).kind, 'welcome')
    assert.equal(await scram(old), 'welcome')
    assert.equal(await scram({ ...old, mechanism: 'SCRAM-SHA-1' }), 'welcome')
    const made = () => log.events.filter(({ event }) => event === 'accounts.password.scram-keys').length
    assert.equal(made(), 1)
    assert.equal((await server().login(old.user, old.password, here)).kind, 'welcome')
    assert.equal(made(), 1)
  })

  test('SCRAM: keys of a password that was changed meanwhile are not kept', async () => {
    const accountId = await directory.reserveAccountId()
    await directory.addAccount({ accountId, address: 'racer@example.test', password: 'new' })
    const account = { accountId, address: 'racer@example.test', disabled: false, createdAt: 0 }
    const strict = await Directory.open({ database, clock, random: seededRandom(4), passwordCost })
    await strict.setPassword(account.address, 'new')
    await directory.scram.complete({ account, passwordHash: 'of the old one' }, 'old')
    assert.equal(await scram({ mechanism: 'SCRAM-SHA-1', user: account.address, password: 'old' }), 'wrong')
  })

  test('SCRAM: no keys for SHA-1 unless the settings allow it, and none are left of an old password', async () => {
    const strict = await Directory.open({ database, clock, random: seededRandom(4), passwordCost })
    await strict.setPassword(alice, password)
    const sha1 = await strict.scram.credentials(alice, 'SCRAM-SHA-1')
    assert.equal(sha1.account, undefined)
    assert.equal((await strict.scram.credentials(alice, 'SCRAM-SHA-256')).account?.address, 'Alice@example.test')
    await directory.setPassword(alice, password)
  })

  test('SCRAM: the throttle hears of failures and successes under one name, and shuts out before anything is looked at', async () => {
    const backoff = patient()
    await scram({ backoff, user: 'ALICE@example.test', password: 'x' })
    await scram({ backoff })
    const name = `${alice} ${here}`
    const twice = [`before ${name}`, `before ${name}`, `before ${name}`]
    assert.deepEqual(backoff.calls, [...twice, `failed ${name}`, ...twice, `succeeded ${name}`])
    const banned = patient({ kind: 'too-many', retryAfterMs: 1 })
    assert.equal(await scram({ backoff: banned }), 'too-many')
    assert.deepEqual(banned.calls, [`before ${name}`])
  })

  test('SCRAM: a ban that came while the client thought holds for the right proof too', async () => {
    const answers: BackoffAnswer[] = [{ kind: 'go', delayMs: 0 }]
    const backoff = { ...patient(), before: () => answers.shift() ?? ({ kind: 'too-many', retryAfterMs: 1 } as const) }
    assert.equal(await scram({ backoff }), 'too-many')
  })

  test('SCRAM: a wrong proof is answered after the delay', async () => {
    const failed = Promise.withResolvers<void>()
    const backoff = { ...patient({ kind: 'go', delayMs: 4_000 }), failed: () => failed.resolve() }
    let answered = false
    const late = scram({ backoff, password: 'x' }).finally(() => {
      answered = true
    })
    await failed.promise
    clock.advance(3_999)
    await Promise.resolve()
    assert.equal(answered, false)
    clock.advance(1)
    assert.equal(await late, 'wrong')
  })

  const certificate = (emails: readonly string[], fingerprint = 'cd'.repeat(32)): SaslChannel => ({
    ...bound,
    peerCertificate: { fingerprint, emails },
  })
  const externals: readonly [name: string, channel: SaslChannel, asked: string, wanted: string][] = [
    ['the address in it', certificate(['ALICE@example.test']), '', 'welcome'],
    ['an address in it, asked for', certificate(['x@example.test', alice]), alice, 'welcome'],
    ['an address that is not in it', certificate(['x@example.test']), alice, 'wrong'],
    ['no address', certificate([]), '', 'wrong'],
    ['no address, but one asked for', certificate([]), alice, 'wrong'],
    ['of nobody here', certificate(['nobody@example.test']), '', 'wrong'],
    ['of an alias', certificate(['sales@example.test']), '', 'wrong'],
    ['of a disabled account', certificate(['off@example.test']), '', 'disabled'],
    ['mapped by the settings', certificate([], 'ab'.repeat(32)), '', 'welcome'],
    ['mapped, which stands above its address', certificate(['off@example.test'], 'ab'.repeat(32)), '', 'welcome'],
    [
      'mapped, and its address asked for',
      certificate(['off@example.test'], 'ab'.repeat(32)),
      'off@example.test',
      'wrong',
    ],
    ['a NUL in what is asked', certificate([alice]), 'a\0b', 'malformed'],
  ]
  for (const [name, channel, asked, wanted] of externals)
    test(`EXTERNAL: a certificate with ${name}`, async () =>
      assert.deepEqual(await play(exchange('EXTERNAL', channel), asked), [wanted]))

  test('EXTERNAL: an empty challenge asks for the name; failures go to the throttle', async () => {
    assert.deepEqual(await play(exchange('EXTERNAL', certificate([alice])), undefined, ''), ['', 'welcome'])
    const backoff = patient()
    await play(exchange('EXTERNAL', certificate([]), backoff), alice)
    assert.deepEqual(backoff.calls.at(-1), `failed ${alice} ${here}`)
  })

  const tokens: AccessTokens = {
    issuer: 'https://login.example.test',
    addressIn: async token => ({ alice, off: 'off@example.test', nobody: 'nobody@example.test' })[token],
  }
  const bearers: readonly [name: string, mechanism: string, initial: string, wanted: string][] = [
    ['a good token', 'OAUTHBEARER', 'n,,^auth=Bearer alice^^', 'welcome'],
    ['a good token and the user', 'OAUTHBEARER', 'n,a=ALICE@example.test,^auth=Bearer alice^^', 'welcome'],
    ['a good token of somebody else', 'OAUTHBEARER', 'n,a=off@example.test,^auth=Bearer alice^^', 'error wrong'],
    ['a bad token', 'OAUTHBEARER', 'n,,^auth=Bearer x^^', 'error wrong'],
    ['a token of nobody here', 'OAUTHBEARER', 'n,,^auth=Bearer nobody^^', 'error wrong'],
    ['a token of a disabled account', 'OAUTHBEARER', 'n,,^auth=Bearer off^^', 'disabled'],
    ['no message', 'OAUTHBEARER', 'x', 'malformed'],
    ['a good token', 'XOAUTH2', `user=${alice}^auth=Bearer alice^^`, 'welcome'],
    ['a good token of somebody else', 'XOAUTH2', 'user=off@example.test^auth=Bearer alice^^', 'error wrong'],
    ['a bad token', 'XOAUTH2', `user=${alice}^auth=Bearer x^^`, 'error wrong'],
    ['no message', 'XOAUTH2', 'x', 'malformed'],
  ]
  for (const [name, mechanism, initial, wanted] of bearers) {
    test(`${mechanism}: ${name}`, async () => {
      const started = exchange(mechanism, bound, patient(), tokens)
      const said = await play(started, initial.replaceAll('^', '\u0001'), '\u0001')
      const status = mechanism === 'XOAUTH2' ? '401' : 'invalid_token'
      assert.equal(
        said.map(text => (text.startsWith('{') && JSON.parse(text).status === status ? 'error' : text)).join(' '),
        wanted,
      )
    })
  }

  test('OAUTHBEARER: tokens that name nobody count by the client’s address, not against all that do so', async () => {
    const backoff = patient()
    await play(exchange('OAUTHBEARER', bound, backoff, tokens), 'n,,\u0001auth=Bearer x\u0001\u0001', '')
    assert.equal(backoff.calls.at(-1), `failed token from ${here} ${here}`)
    const banned = patient({ kind: 'too-many', retryAfterMs: 1 })
    const said = await play(
      exchange('XOAUTH2', bound, banned, tokens),
      `user=${alice}\u0001auth=Bearer alice\u0001\u0001`,
    )
    assert.deepEqual(said, ['too-many'])
  })
})

/** The client's half of RFC 5802 3, written anew so that both halves must agree. */
function clientKeys(mechanism: string, password: string, serverFirst: string) {
  const [, nonce = '', salt = '', rounds] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? []
  const hash = mechanism.includes('SHA-256') ? 'sha256' : 'sha1'
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), hash === 'sha1' ? 20 : 32, hash)
  const mac = (key: Uint8Array, text: string) => createHmac(hash, key).update(text).digest()
  const clientKey = mac(salted, 'Client Key')
  const storedKey = createHash(hash).update(clientKey).digest()
  return {
    nonce,
    proof: (authMessage: string) => {
      const signature = mac(storedKey, authMessage)
      return Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0))).toString('base64')
    },
    serverSignature: (authMessage: string) => mac(mac(salted, 'Server Key'), authMessage).toString('base64'),
  }
}

function ended(step: SaslStep): string {
  return step.kind === 'settled' ? step.outcome.kind : step.kind
}

function patient(answer: BackoffAnswer = { kind: 'go', delayMs: 0 }): Backoff & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    before(user: string, address: string): BackoffAnswer {
      calls.push(`before ${user} ${address}`)
      return answer
    },
    failed: (user: string, address: string) => void calls.push(`failed ${user} ${address}`),
    succeeded: (user: string, address: string) => void calls.push(`succeeded ${user} ${address}`),
  }
}
