// REPLACE and the keys of authorized URLs, on each engine.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPglite } from '#io/sql/pglite.ts'
import type { Mailbox } from './mailbox.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

/** Each case has two of its own. */
const accounts = [1, 2, 3, 4, 5, 6]

const engines: readonly (readonly [name: string, open: () => Promise<TemporaryStore>])[] = [
  ['SQLite', () => temporaryStore({ accounts })],
  ['PGlite', async () => temporaryStore({ accounts, database: await openPglite() })],
]

async function mailbox({ store }: TemporaryStore, accountId: number, name: string): Promise<Mailbox> {
  const found = await store.mailbox(accountId, name)
  assert.ok(found !== undefined, name)
  return found
}

async function appended({ store, message }: TemporaryStore, text: string) {
  return { message: await message(text), flags: 0, keywords: '', internalDate: undefined } satisfies Parameters<
    typeof store.append
  >[2][number]
}

for (const [name, open] of engines)
  describe(`on ${name}`, () => {
    let place: TemporaryStore
    before(async () => {
      place = await open()
    })
    after(async () => await place[Symbol.asyncDispose]())

    test('a message comes and another goes, and both are told', async () => {
      const { store } = place
      const [inbox, drafts] = [await mailbox(place, 1, 'INBOX'), await mailbox(place, 1, 'Drafts')]
      await store.append(1, inbox.mailboxId, [await appended(place, 'old'), await appended(place, 'other')])
      const told: string[] = []
      using _watch = store.subscribe(1, change => told.push(change.kind))
      const old = { accountId: 1, mailboxId: inbox.mailboxId, uid: 1 }
      const to = { accountId: 1, mailboxId: drafts.mailboxId, message: await appended(place, 'new one') }
      assert.deepEqual(await store.replace(old, to), { kind: 'done', uidValidity: drafts.uidValidity, uid: 1 })
      assert.deepEqual(told, ['added', 'expunged'])
      assert.equal((await mailbox(place, 1, 'INBOX')).exists, 1)
      assert.equal((await mailbox(place, 1, 'Drafts')).sizeBytes, 7)
      const again = { ...to, message: await appended(place, 'newer') }
      assert.deepEqual(await store.replace(old, again), { kind: 'no-such-message' })
      assert.equal((await mailbox(place, 1, 'Drafts')).exists, 1)
    })

    test('what goes makes room in its own account alone; without room nothing happens', async () => {
      const { store } = place
      const [mine, theirs] = [await mailbox(place, 3, 'INBOX'), await mailbox(place, 4, 'INBOX')]
      await store.append(3, mine.mailboxId, [await appended(place, 'x'.repeat(90))])
      await store.setQuota(3, 100)
      await store.setQuota(4, 50)
      const old = { accountId: 3, mailboxId: mine.mailboxId, uid: 1 }
      const large = { accountId: 4, mailboxId: theirs.mailboxId, message: await appended(place, 'x'.repeat(51)) }
      assert.deepEqual(await store.replace(old, large), { kind: 'over-quota' })
      assert.equal((await mailbox(place, 3, 'INBOX')).exists, 1)
      const within = { accountId: 3, mailboxId: mine.mailboxId, message: await appended(place, 'x'.repeat(100)) }
      assert.equal((await store.replace(old, within)).kind, 'done')
      assert.equal((await store.quota(3)).usedBytes, 100)
      const across = { accountId: 4, mailboxId: theirs.mailboxId, message: await appended(place, 'x'.repeat(50)) }
      assert.equal((await store.replace({ ...old, uid: 2 }, across)).kind, 'done')
      assert.deepEqual([(await store.quota(3)).usedBytes, (await store.quota(4)).usedBytes], [0, 50])
    })

    test('a mailbox keeps its key until that is reset, or it goes', async () => {
      const { store } = place
      const created = await store.createMailbox(5, 'Work')
      assert.equal(created.kind, 'done')
      const [inbox, work] = [await mailbox(place, 5, 'INBOX'), await mailbox(place, 5, 'Work')]
      const inInbox = { accountId: 5, ownerId: 5, mailboxId: inbox.mailboxId }
      const inWork = { accountId: 5, ownerId: 5, mailboxId: work.mailboxId }
      assert.equal(await store.urlKey(inInbox), undefined)
      const key = await store.makeUrlKey(inInbox)
      assert.equal(key.length, 32)
      assert.deepEqual(await store.makeUrlKey(inInbox), key)
      assert.deepEqual(await store.urlKey(inInbox), key)
      assert.notDeepEqual(await store.makeUrlKey(inWork), key)
      assert.notDeepEqual(await store.makeUrlKey({ ...inInbox, accountId: 6 }), key)
      await store.resetUrlKeys(5, inInbox)
      assert.equal(await store.urlKey(inInbox), undefined)
      assert.notEqual(await store.urlKey(inWork), undefined)
      await store.deleteMailbox(5, 'Work')
      assert.equal(await store.urlKey(inWork), undefined)
      assert.notEqual(await store.urlKey({ ...inInbox, accountId: 6 }), undefined)
      await store.resetUrlKeys(6)
      assert.equal(await store.urlKey({ ...inInbox, accountId: 6 }), undefined)
    })
  })
