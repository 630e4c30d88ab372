// Which messages do not end with CRLF, on each engine: POP3 counts what it has to add to them.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPglite } from '#io/sql/pglite.ts'
import { limits } from './limits.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

const accounts = [1, 2, 3]

const engines: readonly (readonly [name: string, open: () => Promise<TemporaryStore>])[] = [
  ['SQLite', () => temporaryStore({ accounts })],
  ['PGlite', async () => temporaryStore({ accounts, database: await openPglite() })],
]

const large = 'x'.repeat(limits.inlineBytes + 1)
const texts: readonly (readonly [text: string, lacksEnd: boolean])[] = [
  ['Subject: a\r\n\r\n', false],
  ['Subject: a\r\n\r\nb', true],
  ['b\n', true],
  ['b\r', true],
  ['\r\n', false],
  ['\n', true],
  [`${large}\r\n`, false],
  [large, true],
  [`${large}\n`, true],
]

for (const [name, open] of engines)
  describe(`on ${name}`, () => {
    let place: TemporaryStore
    before(async () => {
      place = await open()
    })
    after(async () => await place[Symbol.asyncDispose]())

    const inboxOf = async (accountId: number) => (await place.store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
    /** UIDs in INBOX of those without an end. */
    const withoutEnd = async (accountId: number) => {
      const ids = await place.store.messagesWithoutEnd(accountId)
      using view = await place.store.openView(accountId, await inboxOf(accountId))
      assert.ok(view)
      const { uids, messageIds, count } = view.current
      return [...uids.subarray(0, count)].filter((_, index) => ids.includes(messageIds[index] ?? 0))
    }
    const wanted = texts.flatMap(([, lacksEnd], index) => (lacksEnd ? [index + 1] : []))

    test('appended ones, their copies for another account, and none that are gone', async () => {
      const { store } = place
      const inbox = await inboxOf(1)
      for (const [text] of texts) {
        await using message = await place.message(text)
        await store.append(1, inbox, [{ message, flags: 0, keywords: '', internalDate: undefined }])
      }
      assert.deepEqual(await withoutEnd(1), wanted)
      const uids = texts.map((_, index) => index + 1)
      const target = { accountId: 2, mailboxId: await inboxOf(2) }
      await store.shares.copy({ accountId: 1, mailboxId: inbox }, target, uids, { isMove: false })
      assert.deepEqual(await withoutEnd(2), wanted)
    })

    test('delivered ones, straight and out of what is kept', async () => {
      const { store } = place
      for (const [text] of texts) {
        await using message = await place.message(text)
        const prefix = Buffer.from('Received: x\r\n')
        if (text !== large) {
          await store.deliver(message, [{ accountId: 3, mailbox: 'INBOX', prefix }])
          continue
        }
        const kept = await store.kept(await store.keep(message, async (_, id) => id))
        assert.ok(kept)
        await store.deliver(kept, [{ accountId: 3, mailbox: 'INBOX', prefix }])
      }
      assert.deepEqual(await withoutEnd(3), wanted)
    })
  })
