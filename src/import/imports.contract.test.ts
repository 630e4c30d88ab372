// What the receiving end of an import promises, on each engine: each message once, with its unique-id, all of a request or none of it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPglite } from '#io/sql/pglite.ts'
import { flag } from '#mail/flags.ts'
import { type TemporaryStore, temporaryStore } from '#store/temporary-store.ts'
import { type ImportedMessage, Imports } from './imports.ts'
import { limits } from './limits.ts'

const engines: readonly (readonly [name: string, open: () => Promise<TemporaryStore>])[] = [
  ['SQLite', () => temporaryStore({ accounts: [1, 2, 3, 4] })],
  ['PGlite', async () => temporaryStore({ accounts: [1, 2, 3, 4], database: await openPglite() })],
]

function letter(name: string, more: Partial<ImportedMessage> = {}): ImportedMessage {
  const octets = Buffer.from(`Subject: ${name}\n\n`)
  return {
    name,
    flags: flag.seen,
    keywords: 'a b',
    internalDate: 86_400_000,
    uidl: undefined,
    content: { octets },
    ...more,
  }
}

for (const [engine, open] of engines)
  describe(`imports on ${engine}`, () => {
    let place: TemporaryStore
    let imports: Imports
    before(async () => {
      place = await open()
      const { database, store, clock } = place
      imports = await Imports.open({ database, store, clock })
    })
    after(async () => {
      await imports[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    })

    const exists = async (accountId: number, mailbox: string) => (await place.store.mailbox(accountId, mailbox))?.exists

    test('a name is brought once to a mailbox, and known from then on', async () => {
      const inbox = { accountId: 1, mailbox: 'INBOX' }
      const first = await imports.take(inbox, [letter('a', { uidl: '0001' }), letter('b')])
      assert.deepEqual(first, { kind: 'done', messages: 2, uidls: 1 })
      const second = await imports.take(inbox, [letter('b'), letter('c', { uidl: '0001' }), letter('a')])
      assert.deepEqual(second, { kind: 'done', messages: 1, uidls: 0 })
      assert.deepEqual(await imports.names(inbox), { items: ['a', 'b', 'c'], next: undefined })
      assert.deepEqual((await imports.names(inbox, 'b')).items, ['c'])
      assert.deepEqual([...(await place.store.uidls(1)).values()], ['0001'])
      assert.deepEqual(await imports.take({ ...inbox, mailbox: 'Old/One' }, [letter('a')]), {
        kind: 'done',
        messages: 1,
        uidls: 0,
      })
      assert.deepEqual([await exists(1, 'INBOX'), await exists(1, 'Old/One'), await exists(1, 'Old')], [3, 1, 0])
      await imports.forget(1)
      assert.deepEqual((await imports.names(inbox)).items, [])
    })

    test('two requests at once bring a message once', async () => {
      const inbox = { accountId: 2, mailbox: 'INBOX' }
      const both = await Promise.all([1, 2].map(() => imports.take(inbox, [letter('a'), letter('b')])))
      assert.deepEqual(
        both.map(outcome => outcome.kind === 'done' && outcome.messages),
        [2, 0],
      )
      assert.equal(await exists(2, 'INBOX'), 2)
    })

    test('unique-ids are seen at once by who asked before there were any', async () => {
      assert.equal((await place.store.uidls(3)).size, 0)
      await imports.take({ accountId: 3, mailbox: 'INBOX' }, [letter('a', { uidl: 'x' })])
      assert.equal((await place.store.uidls(3)).size, 1)
    })

    test('without room, or with a message that never became whole, nothing is stored', async () => {
      const inbox = { accountId: 4, mailbox: 'INBOX' }
      await place.store.setMessageQuota(4, 1)
      assert.deepEqual(await imports.take(inbox, [letter('a', { uidl: 'x' }), letter('b')]), { kind: 'over-quota' })
      await place.store.setMessageQuota(4, undefined)
      const broken = letter('b', { content: { upload: 'none' } })
      assert.deepEqual(await imports.take(inbox, [letter('a'), broken]), { kind: 'no-such-upload' })
      assert.deepEqual(await imports.take({ ...inbox, mailbox: 'a//b' }, [letter('a')]), { kind: 'name-not-allowed' })
      assert.deepEqual([(await imports.names(inbox)).items, await exists(4, 'INBOX')], [[], 0])
      assert.equal((await place.store.uidls(4)).size, 0)
    })

    test('a message in pieces is whole once it is named; one that stops coming is given up', async () => {
      const inbox = { accountId: 4, mailbox: 'INBOX' }
      for (const piece of ['Subject: a\r', '\n\r\none', '\ntwo'])
        assert.ok(await imports.write('u', Buffer.from(piece)))
      const outcome = await imports.take(inbox, [letter('a', { content: { upload: 'u' } })])
      assert.deepEqual(outcome, { kind: 'done', messages: 1, uidls: 0 })
      using view = await place.store.openView(4, (await place.store.mailbox(4, 'INBOX'))?.mailboxId ?? 0)
      const [text] = await place.store.messagesInline(4, [...(view?.current.messageIds.slice(0, 1) ?? [])])
      assert.equal(Buffer.from(text ?? []).toString(), 'Subject: a\r\n\r\none\r\ntwo\r\n')

      for (let count = 0; count < limits.uploads; count += 1)
        assert.ok(await imports.write(`v${count}`, Buffer.from('A')))
      assert.equal(await imports.write('one more', Buffer.from('A')), false)
      place.clock.advance(limits.uploadIdleMs)
      assert.ok(await imports.write('one more', Buffer.from('A')))
      assert.deepEqual(await imports.take(inbox, [letter('v', { content: { upload: 'v0' } })]), {
        kind: 'no-such-upload',
      })
    })
  })
