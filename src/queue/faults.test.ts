// Faults of ours: bytes that are gone or can't be read, rows that can't be read, a carrier that fails. Nothing is lost by one, and nobody is held up.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { Carrier } from './queue.ts'
import { actionsIn, subjectOf, TemporaryQueue } from './temporary-queue.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

describe('faults', () => {
  // A folder restored without its blobs, say.

  test('a message whose bytes are gone is a fault, holds up nobody, and waits to be dropped', async () => {
    await using place = await TemporaryQueue.open()
    const lost = await place.hold({ inMs: 1 })
    await loseBytes(place)
    await place.hold({ text: 'Subject: other\r\n\r\n', inMs: 2 })
    await place.pass(2)
    assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['other'])
    assert.deepEqual(
      place.log.events.filter(({ event }) => event === 'queue.fault').map(({ fields }) => fields?.message),
      [lost],
    )
    assert.equal(await place.act('drop', lost), 1)
  })

  test('what every try has a fault with is given up in the end, and its sender told', async () => {
    await using place = await TemporaryQueue.open({ carrier: failing })
    await place.hold({ text: 'Subject: tea\r\n\r\nhot\r\n' })
    await place.pass(limits.giveUpMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.3.0']])
    await place.pass(dayMs)
    const reports = await place.inbox('alice')
    assert.deepEqual(reports.map(actionsIn), [['delayed 4.3.0'], ['failed 4.4.7']])
    assert.match(reports[1] ?? '', /Subject: tea\r\n\r\nhot/)
    assert.deepEqual(await place.queue.list(), [])
  })

  test('a message whose bytes are gone is given up in the end like any other', async () => {
    await using place = await TemporaryQueue.open()
    await place.hold({ to: { bob: {}, carol: { notify: ['NEVER'] } } })
    await loseBytes(place)
    await place.pass(limits.giveUpMs + dayMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.3.0'], ['failed 4.4.7']])
    assert.deepEqual(await place.queue.list(), [])
  })

  test('a message whose bytes cannot be read is given up in the end like any other', async () => {
    await using place = await TemporaryQueue.open({ carrier: failing })
    await place.hold({})
    const { store } = place.needs
    const kept = store.kept.bind(store)
    store.kept = async blobId => {
      const spooled = await kept(blobId)
      return spooled && Object.assign(spooled, { read: () => Promise.reject(new Error('a bad sector')) })
    }
    await place.pass(limits.giveUpMs + dayMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.3.0'], ['failed 4.4.7']])
    assert.deepEqual(await place.queue.list(), [])
  })

  for (const table of ['queue_message', 'queue_recipient']) {
    test(`a row of ${table} that cannot be read holds up nobody, and can be dropped`, async () => {
      await using place = await TemporaryQueue.open()
      const unreadable = await place.hold({ inMs: 1 })
      await place.needs.database.write(tx => tx.define(`UPDATE ${table} SET parameters = '{'`))
      await place.hold({ text: 'Subject: other\r\n\r\n', inMs: 2 })
      await place.pass(2 + minuteMs)
      assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['other'])
      assert.deepEqual(
        place.log.events.filter(({ level }) => level === 'error').map(({ event, fields }) => [event, fields?.message]),
        [
          ['queue.fault', unreadable],
          ['queue.fault', unreadable],
        ],
      )
      assert.equal(await place.act('drop', unreadable), 1)
    })
  }

  test('a fault before and after the delivery loses nothing and delivers once', async () => {
    const faults = ['before', 'after']
    const carrier = (local: Carrier): Carrier => ({
      async carry(message) {
        const fault = faults.shift()
        if (fault === 'before') throw new Error('before')
        const outcomes = await local.carry(message)
        if (fault === 'after') throw new Error('after')
        return outcomes
      },
    })
    await using place = await TemporaryQueue.open({ carrier })
    await place.hold({ to: { bob: { notify: ['SUCCESS'] } } })
    await place.pass(hourMs)
    assert.equal((await place.inbox('bob')).length, 1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delivered 2.0.0']])
    assert.equal(place.log.events.filter(({ event }) => event === 'queue.fault').length, 2)
  })
})

/** Brings reports alone. */
const failing = (local: Carrier): Carrier => ({
  carry: message => (message.sender === '' ? local.carry(message) : Promise.reject(new Error('always'))),
})

async function loseBytes(place: TemporaryQueue): Promise<void> {
  await place.needs.database.write(async tx => {
    await tx.run(sql`DELETE FROM blob_kept`)
    await tx.run(sql`DELETE FROM blob_bytes`)
    await tx.run(sql`DELETE FROM blob`)
  })
}
