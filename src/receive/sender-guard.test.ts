// What of outcomes the guard goes by. Burst and notices: test/transcripts/stolen-password.test.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused, taken } from '#queue/scripted-carriage.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { senderGuardDefaults } from '#throttle/limits.ts'
import { Senders } from '#throttle/senders.ts'
import { SenderGuard } from './sender-guard.ts'

async function open() {
  await using owned = new AsyncDisposableStack()
  const place = owned.use(await TemporaryQueue.open())
  const { database, clock, log, store, random, hostname } = place.needs
  const senders = owned.use(await Senders.open({ database, clock, log, limits: undefined, guard: senderGuardDefaults }))
  const resolver = place.directory
  const guard = new SenderGuard({
    ...{ senders, accounts: resolver, resolver, store, clock, random, log, hostname },
    queue: () => place.queue,
  })
  const moved = owned.move()
  const settled = (recipient: string, outcome: typeof taken, accountId = 1) =>
    guard.settled({
      ...{ messageId: 'm', accountId, origin: 'submission', sender: 'alice@example.test', recipient, outcome },
      isFinal: true,
    })
  return { place, senders, guard, settled, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

test('letters to oneself do not make up for what fails elsewhere', async () => {
  await using world = await open()
  for (let count = 0; count < 100; count += 1) world.settled('bob@example.test', taken)
  for (let count = 0; count < 10; count += 1) world.settled(`${count}@far.test`, refused('failed'))
  await world.guard.idle()
  assert.equal((await world.senders.show(1)).guard, 'held')
})

test('what an account that is gone has left is not held: nobody could let it go', async () => {
  await using world = await open()
  world.place.carriage.script('far.test', { answer: refused('deferred') })
  await world.place.accept({ accountId: 99, sender: 'gone@example.test', to: { 'zoe@far.test': {} } })
  for (let count = 0; count < 10; count += 1) world.settled(`${count}@far.test`, refused('failed'), 99)
  await world.guard.idle()
  assert.equal((await world.place.queue.stats()).states.get('held'), undefined)
  assert.equal((await world.senders.show(99)).guard, 'on')
  await world.place.queue.act('drop', {})
})
