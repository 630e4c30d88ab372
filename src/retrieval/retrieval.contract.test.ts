// The guard over a real store, on both engines: who is let in, what is written when, who is told.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { type Database, DiskFullError } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { type TemporaryStore, temporaryStore } from '#store/temporary-store.ts'
import type { RetrievalDesk } from './desk.ts'
import { openRetrieval } from './open.ts'
import type { Login, Protocol, RetrievalSession } from './retrieval.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const config = { onDelete: 'auto', retrieval: 'any', notices: true, language: 'en' } as const

const engines = {
  SQLite: async () => undefined,
  PGlite: openPglite,
}

for (const [engine, open] of Object.entries(engines)) {
  describe(`retrieval on ${engine}`, () => {
    let database: Database
    let place: TemporaryStore
    let retrieval: RetrievalDesk
    let writes = 0
    let isFull = false
    let nextId = 1
    const owned = new AsyncDisposableStack()

    before(async () => {
      const own = await open()
      if (own !== undefined) owned.use(own)
      place = owned.use(await temporaryStore(own === undefined ? {} : { database: own }))
      const real = place.database
      database = {
        read: work => real.read(work),
        write: (work, onDurable) => {
          writes += 1
          return isFull ? Promise.reject(new DiskFullError('no room')) : real.write(work, onDurable)
        },
        durable: () => real.durable(),
        faults: () => real.faults(),
        [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
      }
      retrieval = await opened()
    })
    after(async () => {
      await retrieval[Symbol.asyncDispose]()
      await owned.disposeAsync()
    })

    function opened(): Promise<RetrievalDesk> {
      const { store, clock, log } = place
      const byId = async (ids: readonly number[]) =>
        new Map(ids.map(id => [id, { accountId: id, address: `a${id}@example.test`, disabled: false, createdAt: 0 }]))
      const needs = { accounts: { byId }, hostname: 'mail.example.test', config, random: seededRandom(1) }
      return openRetrieval({ ...needs, database, store, clock, log })
    }

    async function newAccount() {
      const accountId = nextId
      nextId += 1
      await place.store.createAccount(accountId)
      return { accountId, createdAt: place.clock.now() }
    }

    async function logIn(
      account: Login['account'],
      protocol: Protocol,
      { address = '192.0.2.1', onPinned = () => {} } = {},
    ): Promise<RetrievalSession> {
      const admission = await retrieval.admit({ account, protocol, address, onPinned })
      assert.equal(admission.kind, 'welcome')
      return admission.kind === 'welcome' ? admission.session : assert.fail()
    }

    const devicesOf = async (account: Login['account']) => (await retrieval.state(account)).devices

    test('a login writes nothing; a device that was not known is written within a minute, then once an hour', async () => {
      const account = await newAccount()
      const first = place.clock.now()
      const written = writes
      for (let login = 0; login < 3; login += 1) (await logIn(account, 'pop3')).took(2)
      using session = await logIn(account, 'pop3')
      session.took(1)
      session.hid(3)
      assert.equal(writes, written)
      place.clock.advance(minuteMs)
      await retrieval.write()
      assert.equal(writes, written + 1)
      ;(await logIn(account, 'pop3'))[Symbol.dispose]()
      session.removed(1)
      place.clock.advance(58 * minuteMs)
      await new Promise(resolve => setImmediate(resolve))
      assert.equal(writes, written + 1, 'not within the hour')
      place.clock.advance(2 * minuteMs)
      await retrieval.write()
      assert.equal(writes, written + 2)
      const now = place.clock.now()
      const [device, ...more] = await devicesOf(account)
      assert.deepEqual(more, [])
      assert.deepEqual(device && { ...device, lastAt: 0 }, {
        protocol: 'pop3',
        client: '',
        network: '192.0.2.0/24',
        firstAt: first,
        lastAt: 0,
        lastAddress: '192.0.2.1',
        taken: 7,
        removed: 1,
        hidden: 3,
      })
      assert.ok(device && now - device.lastAt <= 60 * minuteMs)
    })

    test('what is noted is there after a restart, and counted on', async () => {
      const account = await newAccount()
      const session = await logIn(account, 'imap', { address: '2001:db8:1:2:3::4' })
      session.named('Evil\r\nName\u202e')
      session.took(5)
      await retrieval[Symbol.asyncDispose]()
      retrieval = await opened()
      const again = await logIn(account, 'imap', { address: '2001:db8:1:2:ffff::5' })
      again.named('Evil\r\nName\u202e')
      again.took(1)
      again[Symbol.dispose]()
      const devices = await devicesOf(account)
      assert.deepEqual(
        devices.map(({ client, network, lastAddress, taken }) => [client, network, lastAddress, taken]),
        [['Evil??Name?', '2001:db8:1:2::/64', '2001:db8:1:2:ffff::5', 6]],
      )
    })

    test('a full disk keeps nobody out, and what could not be written comes later', async () => {
      const account = await newAccount()
      isFull = true
      const session = await logIn(account, 'pop3')
      session.took(1)
      session[Symbol.dispose]()
      await assert.rejects(retrieval.write(), DiskFullError)
      ;(await logIn(account, 'pop3')).took(2)
      assert.deepEqual(await devicesOf(account), [])
      isFull = false
      place.clock.advance(61 * minuteMs)
      await retrieval.write()
      assert.deepEqual(
        (await devicesOf(account)).map(({ taken }) => taken),
        [3],
      )
    })

    test('many networks of one protocol do not push out the devices of the other', async () => {
      const account = await newAccount()
      ;(await logIn(account, 'imap'))[Symbol.dispose]()
      await retrieval.write()
      for (let network = 1; network <= 60; network += 1) {
        place.clock.advance(1)
        ;(await logIn(account, 'pop3', { address: `198.51.${network}.1` }))[Symbol.dispose]()
      }
      const devices = await devicesOf(account)
      assert.equal(devices.length, 51)
      assert.equal(devices[0]?.network, '198.51.60.0/24')
      assert.ok(!devices.some(({ network }) => network === '198.51.10.0/24'))
      assert.equal(devices.at(-1)?.protocol, 'imap')
    })

    test('IMAP counts from its login on, as long as it lasts, and 30 days more', async () => {
      const account = await newAccount()
      assert.equal(await retrieval.onDelete(account), 'delete')
      const session = await logIn(account, 'imap')
      assert.equal(await retrieval.onDelete(account), 'hide')
      await retrieval.write()
      place.clock.advance(40 * dayMs)
      assert.equal(await retrieval.onDelete(account), 'hide', 'it is open still')
      session[Symbol.dispose]()
      await retrieval[Symbol.asyncDispose]()
      retrieval = await opened()
      assert.equal(await retrieval.onDelete(account), 'hide')
      place.clock.advance(30 * dayMs)
      assert.equal(await retrieval.onDelete(account), 'delete')
    })

    test('a session that lasts is as new as yesterday after a crash', async () => {
      const account = await newAccount()
      await logIn(account, 'imap')
      for (let day = 0; day < 4; day += 1) {
        place.clock.advance(dayMs)
        await retrieval.write()
        await new Promise(resolve => setImmediate(resolve))
      }
      // What is in memory is lost.
      retrieval = await opened()
      const state = await retrieval.state(account)
      assert.ok(state.otherAt !== undefined && place.clock.now() - state.otherAt <= 2 * dayMs)
    })

    test('a pin is asked for at once, and ends what is open of the other protocol', async () => {
      const account = await newAccount()
      const ended: string[] = []
      await logIn(account, 'pop3', { onPinned: () => ended.push('pop3') })
      await logIn(account, 'imap', { onPinned: () => ended.push('imap') })
      const other = await newAccount()
      await logIn(other, 'pop3', { onPinned: () => ended.push('other') })
      await retrieval.set(account.accountId, { retrieval: 'imap' })
      assert.deepEqual(ended, ['pop3'])
      const login = { account, address: '192.0.2.1', onPinned: () => {} }
      assert.deepEqual(await retrieval.admit({ ...login, protocol: 'pop3' }), { kind: 'pinned', to: 'imap' })
      assert.equal((await retrieval.admit({ ...login, protocol: 'imap' })).kind, 'welcome')
      await retrieval.set(account.accountId, { retrieval: undefined })
      assert.equal((await retrieval.admit({ ...login, protocol: 'pop3' })).kind, 'welcome')
    })

    test('the owner is told once, whatever happens then', async () => {
      const account = await newAccount()
      const messages = async () => (await place.store.mailbox(account.accountId, 'INBOX'))?.exists
      ;(await logIn(account, 'pop3'))[Symbol.dispose]()
      ;(await logIn(account, 'imap'))[Symbol.dispose]()
      await retrieval.write()
      assert.equal(await messages(), 1)
      await retrieval[Symbol.asyncDispose]()
      retrieval = await opened()
      place.clock.advance(dayMs)
      ;(await logIn(account, 'pop3'))[Symbol.dispose]()
      ;(await logIn(account, 'imap'))[Symbol.dispose]()
      await retrieval.write()
      assert.equal(await messages(), 1)
    })

    test('of an account that is removed nothing is left, nor comes again', async () => {
      const account = await newAccount()
      const session = await logIn(account, 'imap')
      await retrieval.write()
      await retrieval.set(account.accountId, { onDelete: 'trash' })
      session.took(1)
      await retrieval.forget(account.accountId)
      session.took(1)
      session[Symbol.dispose]()
      const state = await retrieval.state(account)
      assert.deepEqual([state.devices, state.settings.onDelete, state.otherAt], [[], undefined, undefined])
    })
  })
}
