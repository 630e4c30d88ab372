// What the guard is for: somebody has a password and sends as much as they can. Intake, queue and guard are the real ones; other servers take all at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Intake } from '#receive/intake.ts'
import { Cursor } from '#text/cursor.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { parsePath } from '#wire/smtp/path.ts'
import { openFailingStore } from '../support/failing-store.ts'
import { Receiving } from './smtp/receiving.ts'

const hostname = 'mail.example.test'
const hourMs = 3_600_000
const path = (address: string) => parsePath(new Cursor(`<${address}>`)) ?? assert.fail()

test('of 500 messages by 50 connections at once 20 leave; the owner and the operator are told; what is let go leaves', async () => {
  await using place = await open()
  const { receiving } = place
  const intake = receiving.intake('submission', { isGuarded: true })
  const connections = Array.from({ length: 50 }, async (_, connection) => {
    for (let count = 0; count < 10; count += 1) await place.send(intake, `${connection}-${count}@far.test`)
  })
  await Promise.all(connections)
  await place.idle()
  assert.equal(receiving.others.arrived.length, 20)
  const { items: held } = await heldOf(receiving)
  assert.equal(held, 480)
  assert.deepEqual(await place.counts(), { operator: 1, bob: 1 })
  // Whoever waits and goes on gets no further.
  place.clock.advance(30 * hourMs)
  await place.send(intake, 'late@far.test')
  await place.idle()
  assert.equal(receiving.others.arrived.length, 20)
  assert.deepEqual(await place.counts(), { operator: 1, bob: 1 })
  await receiving.senders.setGuard(2, 'on')
  await receiving.queue.act('release', { accountId: 2, state: 'held' })
  await place.idle()
  assert.equal(receiving.others.arrived.length, 501)
})

test('what waits in the queue when it begins is held with the rest', async () => {
  await using place = await open()
  const { receiving } = place
  receiving.others.answer = () => '451 4.7.1 later'
  const intake = receiving.intake('submission', { isGuarded: true })
  for (let count = 0; count < 21; count += 1) await place.send(intake, `${count}@far.test`)
  await place.idle()
  receiving.others.answer = () => undefined
  place.clock.advance(5 * hourMs)
  await place.idle()
  assert.equal(receiving.others.arrived.length, 0)
  const { items } = await heldOf(receiving)
  assert.equal(items, 21)
})

test('one message to many recipients is a burst, too', async () => {
  await using place = await open()
  const intake = place.receiving.intake('submission', { isGuarded: true })
  await place.send(intake, ...Array.from({ length: 101 }, (_, at) => `${at}@far.test`))
  await place.idle()
  assert.equal(place.receiving.others.arrived.length, 0)
})

test('ten of fifteen recipients that are unknown hold the account', async () => {
  await using place = await open()
  const { receiving } = place
  receiving.others.answer = address => (address.startsWith('no') ? '550 5.1.1 no such user' : undefined)
  const intake = receiving.intake('submission', { isGuarded: true })
  for (let count = 0; count < 5; count += 1) await place.send(intake, `yes${count}@far.test`)
  for (let count = 0; count < 10; count += 1) {
    await place.send(intake, `no${count}@far.test`)
    await place.idle()
  }
  await place.send(intake, 'yes@far.test')
  await place.idle()
  assert.equal(receiving.others.arrived.length, 5)
  const { guard, reason } = await receiving.senders.show(2)
  assert.equal(guard, 'held')
  assert.match(reason, /^10 of the last 15 recipients/)
})

async function heldOf({ queue }: Receiving): Promise<{ readonly items: number }> {
  const { states } = await queue.stats()
  return { items: states.get('held') ?? 0 }
}

async function open() {
  await using owned = new AsyncDisposableStack()
  const [clock, log] = [manualClock(), memoryLog()]
  const { store, database } = await openFailingStore(owned, { clock, log, random: seededRandom(1) })
  const directory = await Directory.open({ database, clock, random: seededRandom(1) })
  await directory.addDomain('example.test')
  for (const [index, name] of ['operator', 'bob'].entries()) {
    const accountId = index + 1
    const address = `${name}@example.test`
    await database.write(tx => accounts.add(tx, { accountId, address, passwordHash: 'none', now: 0 }))
    await store.createAccount(accountId)
  }
  const receiving = await Receiving.open(owned, { store, directory, database, clock, log, hostname })
  const account = (await directory.named('bob@example.test')) ?? assert.fail()
  const client = {
    ...{ address: '192.0.2.1', port: 4711, name: undefined, hello: 'x', protocol: 'ESMTP' as const, tls: undefined },
    ...{ account, connection: 'c' },
  }
  let lastId = 0
  const moved = owned.move()
  return {
    clock,
    receiving,
    async send(intake: Intake, ...recipients: readonly string[]) {
      lastId += 1
      const messageId = lastId.toString(16).padStart(16, '0')
      const sender = { messageId, path: path(account.address), parameters: noMailParameters, origin: undefined }
      const begun = await intake.begin(client, sender)
      assert.ok(begun.kind === 'transaction')
      for (const recipient of recipients)
        assert.equal(await begun.recipient(path(recipient), noRecipientParameters), undefined)
      await using writer = store.spool.open()
      await writer.write(Buffer.from('From: <bob@example.test>\r\nSubject: cheap\r\n\r\n'))
      await using spooled = await writer.finish()
      assert.deepEqual(await begun.commit(spooled, { bareLineEnd: undefined, body: 'DATA' }), { kind: 'taken' })
    },
    async idle() {
      for (let round = 0; round < 3; round += 1) {
        await receiving.queue.idle()
        await receiving.guard.idle()
      }
    },
    async counts() {
      const inbox = async (accountId: number) => (await store.mailbox(accountId, 'INBOX'))?.exists
      return { operator: await inbox(1), bob: await inbox(2) }
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}
