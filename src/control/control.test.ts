// The administration over its socket: the same verbs and outcomes as directly, for this user alone.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Directory } from '#accounts/directory.ts'
import { Secret } from '#base/secret.ts'
import { offlineProbes, offlineTests } from '#cli/offline-outbound.ts'
import { offlineQueue } from '#cli/offline-queue.ts'
import { Imports } from '#import/imports.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { openRetrieval } from '#retrieval/open.ts'
import { checkStore } from '#store/check.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { Greylist } from '#throttle/greylist.ts'
import { Senders } from '#throttle/senders.ts'
import type { Administration, Status } from './administration.ts'
import { ControlError, connectAdministration, type RemoteAdministration } from './client.ts'
import { directAdministration, type StoreFinding } from './direct.ts'
import { limits } from './limits.ts'
import { serveControl } from './server.ts'

const passwordCost = { memoryKib: 16, passes: 1, parallelism: 1 }
const status: Status = { version: '1', processId: 1, uptimeSeconds: 2, listeners: [] }

describe('administration', () => {
  let folder: string
  let database: Database
  let store: Store
  let directory: Directory
  let direct: Administration
  let findings: readonly StoreFinding[] = []
  const log = memoryLog()
  const owned = new AsyncDisposableStack()

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-control-'))
    const clock = manualClock()
    const random = seededRandom(3)
    database = await openSqlite({ path: join(folder, 'a.db') })
    directory = await Directory.open({ database, clock, random, passwordCost })
    store = await openStore({ database, folder, clock, random, log, freeBytesThreshold: 0 })
    async function* check() {
      yield* findings
      yield* checkStore(database, folder)
    }
    const greylist = await Greylist.open({ database, clock })
    const queue = await offlineQueue({ database, store, clock, log, hostname: 'mail.example.test' })
    const imports = await Imports.open({ database, store, clock })
    const config = { onDelete: 'auto', retrieval: 'any', notices: true, language: 'en' } as const
    const reading = { hostname: 'mail.example.test', accounts: directory, config }
    const retrieval = await openRetrieval({ ...reading, database, store, clock, random, log })
    const suppressions = await Suppressions.open({ database, clock })
    const senders = await Senders.open({ database, clock, log, limits: undefined, guard: undefined })
    const outside = { database, config: undefined, hostname: 'mail.example.test', clock, random, log }
    const probes = offlineProbes(outside, owned)
    const desk = { greylist, queue, suppressions, senders, tests: offlineTests, probes, imports }
    direct = directAdministration({ directory, store, retrieval, ...desk, check, status: () => status })
  })
  after(async () => {
    await owned.disposeAsync()
    await store[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const withSocket = async (path: string, work: (remote: RemoteAdministration) => Promise<void>) => {
    await using _server = await serveControl({ path, administration: direct, log })
    const remote = await connectAdministration(path)
    assert.ok(remote)
    await using open = remote
    await work(open)
  }

  test('every verb, over the socket', async () => {
    await withSocket(join(folder, 'control.sock'), async remote => {
      const password = new Secret('secret')
      const address = 'alice@example.test'
      const kindOf = async (outcome: Promise<{ readonly kind: string }>) => (await outcome).kind
      assert.equal(await kindOf(remote.addAccount({ address, password })), 'no-such-domain')
      assert.equal(await kindOf(remote.addDomain({ domain: 'example.test' })), 'done')
      assert.equal(await kindOf(remote.addAccount({ address, password: new Secret('') })), 'bad-password')
      const added = await remote.addAccount({ address, password, limitBytes: 5_000 })
      assert.ok(added.kind === 'done')
      const { accountId, createdAt } = added.value
      assert.deepEqual(added.value, { accountId, address, disabled: false, createdAt })
      assert.ok(await store.mailbox(accountId, 'INBOX'))
      assert.deepEqual(await remote.addAccount({ address, password }), { kind: 'already-exists', subject: address })
      assert.equal(await kindOf(remote.setPassword({ address, password: new Secret('other') })), 'done')
      assert.deepEqual(await remote.addAlias({ alias: '@example.test', targets: ['ALICE@example.test'] }), {
        kind: 'done',
        value: { alias: '@example.test', targets: [address] },
      })
      const forward = { address, targets: ['alice@other.test'], keepsCopy: true }
      assert.deepEqual(await remote.setForward(forward), { kind: 'done', value: forward })
      assert.deepEqual(await remote.showForward({ address }), { kind: 'done', value: forward })
      assert.equal(await kindOf(remote.setForward({ ...forward, targets: [] })), 'done')
      const grant = { account: address, address: '@other.test' }
      assert.deepEqual(await remote.grantSendAs({ ...grant, account: 'ALICE@example.test' }), {
        kind: 'done',
        value: grant,
      })
      const boss = { account: address, address: 'boss@example.test' }
      assert.equal(await kindOf(remote.grantSendAs(boss)), 'done')
      assert.equal(await kindOf(remote.grantSendAs(boss)), 'already-exists')
      assert.equal(await kindOf(remote.revokeSendAs(boss)), 'done')
      assert.equal(await kindOf(remote.revokeSendAs(boss)), 'no-such-grant')
      const quota = { address, usedBytes: 0, limitBytes: 5_000, messages: 0, limitMessages: null }
      assert.deepEqual(await remote.showQuota({ address }), { kind: 'done', value: quota })
      const unlimited = { ...quota, limitBytes: null }
      assert.deepEqual(await remote.setQuota({ address, limitBytes: null }), { kind: 'done', value: unlimited })
      const reading = {
        address,
        onDeleteSet: null,
        onDelete: 'delete',
        why: 'pop3-only',
        imapAt: null,
        retrieval: 'any',
        language: 'en',
        hiddenMessages: 0,
        hiddenBytes: 0,
      }
      assert.deepEqual(await remote.showReading({ address }), { kind: 'done', value: reading })
      const set = { onDelete: 'trash', retrieval: 'imap', language: 'de' }
      assert.deepEqual(await remote.setReading({ address, ...set }), {
        kind: 'done',
        value: { ...reading, ...set, onDeleteSet: 'trash', why: 'account' },
      })
      for (const wrong of [{ onDelete: 'burn' }, { retrieval: 'smtp' }, { language: 'xx' }, { onDelete: 'toString' }])
        assert.equal(await kindOf(remote.setReading({ address, ...wrong })), 'bad-setting')
      const back = { onDelete: 'default', retrieval: 'default', language: 'default' }
      assert.deepEqual(await remote.setReading({ address, ...back }), { kind: 'done', value: reading })
      assert.equal(await kindOf(remote.setReading({ address: 'nobody@example.test' })), 'no-such-account')
      assert.deepEqual(await remote.listDevices({ address }), { kind: 'done', value: { items: [] } })
      assert.deepEqual(await remote.endHiding({ address, remove: false }), { kind: 'done', value: { count: 0 } })
      assert.deepEqual(await remote.showAccount({ address }), {
        kind: 'done',
        value: {
          ...added.value,
          ...unlimited,
          hidden: [],
          indexed: 0,
          aliases: ['@example.test'],
          forward: { targets: [], keepsCopy: true },
          sendAs: ['@other.test'],
          reading,
          devices: [],
        },
      })
      assert.deepEqual(await remote.listAliases({}), await direct.listAliases({}))
      assert.deepEqual(await remote.listAccounts({ domain: 'other.test' }), { kind: 'done', value: { items: [] } })
      assert.deepEqual(await remote.listDomains({}), {
        kind: 'done',
        value: { items: [{ name: 'example.test', accounts: 1, createdAt }] },
      })
      const off = await remote.setDisabled({ address, disabled: true })
      assert.ok(off.kind === 'done' && off.value.disabled)
      assert.equal(await kindOf(remote.removeAlias({ alias: '@example.test' })), 'done')
      assert.equal(await kindOf(remote.removeAlias({ alias: '@example.test' })), 'no-such-alias')
      assert.equal(await kindOf(remote.removeDomain({ domain: 'example.test', withAccounts: false })), 'in-use')
      assert.deepEqual(await remote.status({}), { kind: 'done', value: status })
      assert.deepEqual(await remote.check({}), { kind: 'done', value: { findings: [], more: false } })
      assert.deepEqual(await remote.removeDomain({ domain: 'example.test', withAccounts: true }), {
        kind: 'done',
        value: { accounts: 1 },
      })
      assert.equal(await store.mailbox(accountId, 'INBOX'), undefined)
      assert.equal(await kindOf(remote.removeAccount({ address })), 'no-such-account')
    })
    assert.doesNotMatch(JSON.stringify(log.events), /secret/)
  })

  test('a refused account leaves no mailboxes behind', async () => {
    await direct.addDomain({ domain: 'b.test' })
    const address = 'bob@b.test'
    const before = await directory.reserveAccountId()
    const both = await Promise.all([1, 2].map(() => direct.addAccount({ address, password: new Secret('secret') })))
    assert.deepEqual(both.map(({ kind }) => kind).sort(), ['already-exists', 'done'])
    const made = [before + 1, before + 2].map(async id => ((await store.mailboxes(id)).length > 0 ? 'mail' : 'none'))
    assert.deepEqual((await Promise.all(made)).sort(), ['mail', 'none'])
    await direct.removeDomain({ domain: 'b.test', withAccounts: true })
  })

  test('a check that finds more than anybody reads stops', async () => {
    findings = Array.from({ length: limits.findings + 1 }, () => ({
      severity: 'error',
      what: 'x',
      accountId: 1,
      detail: '',
    }))
    const report = await direct.check({})
    findings = []
    assert.ok(report.kind === 'done' && report.value.more)
    assert.equal(report.value.findings.length, limits.findings)
  })

  test('only this user may open the socket, and it goes away with the server', async () => {
    const path = join(folder, 'mode.sock')
    await withSocket(path, async () => {
      assert.equal((await stat(path)).mode & 0o777, 0o600)
    })
    await assert.rejects(stat(path), { code: 'ENOENT' })
    assert.equal(await connectAdministration(path), undefined)
  })

  test('what a dead server left at the path is no server, and is replaced', async () => {
    const path = join(folder, 'stale.sock')
    await writeFile(path, '')
    assert.equal(await connectAdministration(path), undefined)
    await withSocket(path, async remote => assert.equal((await remote.status({})).kind, 'done'))
  })

  test('a path longer than a socket’s may be', { skip: process.platform !== 'linux' }, async () => {
    const deep = join(folder, 'd'.repeat(100), 'e'.repeat(100))
    await mkdir(deep, { recursive: true })
    await withSocket(join(deep, 'control.sock'), async remote => assert.equal((await remote.status({})).kind, 'done'))
    await assert.rejects(stat(join(deep, 'control.sock')), { code: 'ENOENT' })
  })

  test('requests sent at once are answered in turn', async () => {
    await withSocket(join(folder, 'turns.sock'), async remote => {
      const kinds = await Promise.all([
        remote.addDomain({ domain: 'turn.test' }),
        remote.addDomain({ domain: 'turn.test' }),
        remote.removeDomain({ domain: 'turn.test', withAccounts: false }),
      ])
      assert.deepEqual(
        kinds.map(({ kind }) => kind),
        ['done', 'already-exists', 'done'],
      )
    })
  })

  test('lines that are no request of ours', async () => {
    const path = join(folder, 'raw.sock')
    await withSocket(path, async () => {
      const table: [string, object][] = [
        ['nonsense', { kind: 'malformed', reason: 'not a JSON object' }],
        ['[]', { kind: 'malformed', reason: 'no such verb' }],
        ['{"verb":"constructor"}', { kind: 'malformed', reason: 'no such verb' }],
        ['{"verb":"status"}', { kind: 'malformed', reason: 'the request is no object' }],
        [
          '{"verb":"showAccount","request":{"address":5}}',
          { kind: 'malformed', reason: 'showAccount: the field address is missing or of the wrong type' },
        ],
        [
          '{"verb":"setQuota","request":{"address":"a@b","limitBytes":-1}}',
          { kind: 'malformed', reason: 'setQuota: the field limitBytes is missing or of the wrong type' },
        ],
        ['{"verb":"status","request":{"more":1}}', { kind: 'done', value: status }],
      ]
      const answers = await talk(path, table.map(([line]) => `${line}\n`).join(''), table.length)
      assert.deepEqual(
        answers,
        table.map(([, answer]) => answer),
      )
      assert.deepEqual(await talk(path, 'x'.repeat(limits.requestBytes + 1), 1), [])
    })
  })

  test('a fault is logged under an id, and told without its cause', async () => {
    const path = join(folder, 'fault.sock')
    const broken: Administration = { ...direct, status: () => Promise.reject(new Error('inner thing')) }
    await using _server = await serveControl({ path, administration: broken, log })
    const remote = await connectAdministration(path)
    assert.ok(remote)
    await using open = remote
    await assert.rejects(open.status({}), (error: unknown) => {
      assert.ok(error instanceof ControlError && error.reason === 'fault')
      assert.doesNotMatch(error.message, /inner/)
      return true
    })
    assert.match(JSON.stringify(log.events.at(-1)), /inner thing/)
  })

  test('a server that stops answers what it has begun, then ends', async () => {
    const path = join(folder, 'drain.sock')
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const slow: Administration = {
      ...direct,
      async status() {
        begun.resolve()
        await goOn.promise
        return { kind: 'done', value: status }
      },
    }
    const server = await serveControl({ path, administration: slow, log })
    const [busy, idle] = [await connectAdministration(path), await connectAdministration(path)]
    assert.ok(busy && idle)
    const answer = busy.status({})
    await begun.promise
    const stopped = server[Symbol.asyncDispose]()
    await assert.rejects(idle.status({}), ControlError)
    goOn.resolve()
    assert.equal((await answer).kind, 'done')
    await stopped
    await assert.rejects(busy.status({}), ControlError)
    await busy[Symbol.asyncDispose]()
    await idle[Symbol.asyncDispose]()
  })
})

/** Sends `text`; settles with the first `count` answers, fewer when the server ends the connection. */
async function talk(path: string, text: string, count: number): Promise<readonly unknown[]> {
  const socket = connect(path)
  socket.setEncoding('utf8')
  socket.on('error', () => undefined)
  socket.write(text)
  let answers = ''
  for await (const chunk of socket) {
    answers += String(chunk)
    if (answers.split('\n').length > count) break
  }
  socket.destroy()
  const lines = answers.split('\n').filter(line => line !== '')
  return lines.map(line => JSON.parse(line))
}
