// What the store promises to POP3, and to those who bring back what was removed, on each engine: the mark, unique-ids of another server, surrogates,
// what was removed and its return.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { flag } from '#mail/flags.ts'
import type { Change } from './change.ts'
import { limits } from './limits.ts'
import type { Store } from './store.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

const keepExpungedMs = 1_000_000

const engines: readonly (readonly [name: string, open: () => Promise<TemporaryStore>])[] = [
  ['SQLite', () => temporaryStore({ keepExpungedMs })],
  ['PGlite', async () => temporaryStore({ keepExpungedMs, database: await openPglite() })],
]

for (const [name, open] of engines)
  describe(`POP3's store on ${name}`, () => {
    let place: TemporaryStore
    let store: Store
    let lastAccount = 0
    before(async () => {
      place = await open()
      store = place.store
    })
    after(async () => await place[Symbol.asyncDispose]())

    /** An account with `messages` in INBOX, whose texts are one letter each. */
    async function newAccount(messages = 0): Promise<{ accountId: number; inbox: number }> {
      const accountId = ++lastAccount
      await store.createAccount(accountId)
      const inbox = await idOf(accountId, 'INBOX')
      for (let index = 0; index < messages; index += 1)
        await append(accountId, inbox, String.fromCharCode(97 + index), flag.flagged)
      return { accountId, inbox }
    }

    async function idOf(accountId: number, mailbox: string): Promise<number> {
      const found = await store.mailbox(accountId, mailbox)
      assert.ok(found, mailbox)
      return found.mailboxId
    }

    async function append(accountId: number, mailboxId: number, text: string, flags = 0, keywords = '') {
      await using message = await place.message(text)
      const done = await store.append(accountId, mailboxId, [{ message, flags, keywords, internalDate: 86_400_000 }])
      assert.ok(done.kind === 'done' && done.entries[0])
      return done.entries[0]
    }

    /** What is in the mailbox: UID, flags, entry id. */
    async function entriesIn(accountId: number, mailboxId: number) {
      using view = await store.openView(accountId, mailboxId)
      assert.ok(view)
      const { uids, flags, entryIds, count } = view.current
      return Array.from({ length: count }, (_, at) => [uids[at], flags[at], entryIds[at]] as const)
    }

    const flagsIn = async (accountId: number, mailboxId: number) =>
      (await entriesIn(accountId, mailboxId)).map(([, flags]) => flags)

    const all = { most: 100 }
    const done = { action: 'replace', keywords: [] } as const

    test('a mark stays through everything but a copy, and no MODSEQ rises with it', async () => {
      const { accountId, inbox } = await newAccount(3)
      using view = await store.openView(accountId, inbox)
      const before = await store.mailbox(accountId, 'INBOX')
      const heard: Change[] = []
      using _feed = store.subscribe(accountId, change => heard.push(change))
      let told = 0
      using _watch = view?.watch(() => {
        told += 1
      })
      assert.deepEqual(await store.take(accountId, inbox, [1, 2, 9], { taken: true }), [1, 2])
      assert.deepEqual(await store.take(accountId, inbox, [2], { taken: true }), [])
      const taken = flag.flagged | flag.taken
      assert.deepEqual([...(view?.current.flags.subarray(0, 3) ?? [])], [taken, taken, flag.flagged])
      assert.deepEqual(await store.mailbox(accountId, 'INBOX'), before)
      assert.equal(view?.highestModseq, before?.highestModseq)
      assert.deepEqual([told, heard.length, heard[0]?.kind], [0, 1, 'taken'])

      await store.setFlags(accountId, inbox, [1, 2], { ...done, flags: flag.seen })
      const seen = flag.seen | flag.taken
      assert.deepEqual(await flagsIn(accountId, inbox), [seen, seen, flag.flagged])
      await store.setFlags(accountId, inbox, [1], { action: 'remove', flags: 31, keywords: [] })
      assert.deepEqual(await flagsIn(accountId, inbox), [flag.taken, seen, flag.flagged])
      const [sent, trash] = [await idOf(accountId, 'Sent'), await idOf(accountId, 'Trash')]
      await store.copy(accountId, inbox, sent, [2])
      await store.move(accountId, inbox, trash, [2])
      assert.deepEqual([await flagsIn(accountId, sent), await flagsIn(accountId, trash)], [[flag.seen], [seen]])

      assert.deepEqual(await store.take(accountId, inbox, [1, 3], { taken: false }), [1])
      assert.deepEqual(await flagsIn(accountId, inbox), [0, flag.flagged])
    })

    test('a copy in another account is new to POP3', async () => {
      const [from, to] = [await newAccount(1), await newAccount()]
      await store.take(from.accountId, from.inbox, [1], { taken: true })
      const source = { accountId: from.accountId, mailboxId: from.inbox }
      await store.shares.copy(source, { accountId: to.accountId, mailboxId: to.inbox }, [1], { isMove: false })
      assert.deepEqual(await flagsIn(to.accountId, to.inbox), [flag.flagged])
    })

    test('unique-ids of another server are one entry’s for ever', async () => {
      const { accountId, inbox } = await newAccount(3)
      const [one = 0, two = 0, three = 0] = (await entriesIn(accountId, inbox)).map(([, , entryId]) => entryId)
      assert.equal((await store.uidls(accountId)).size, 0)
      const given = [
        { entryId: one, uidl: '0000000165' },
        { entryId: two, uidl: '0000000165' },
        { entryId: two, uidl: 'ph1' },
        { entryId: two, uidl: '' },
        { entryId: two, uidl: 'a b' },
        { entryId: two, uidl: 'ä' },
        { entryId: two, uidl: 'x'.repeat(71) },
        { entryId: two, uidl: 'x'.repeat(70) },
        { entryId: two, uidl: 'other' },
        { entryId: one, uidl: '0000000165' },
      ]
      assert.deepEqual(await store.setUidls(accountId, given), {
        taken: 3,
        refused: ['0000000165', 'ph1', '', 'a b', 'ä', 'x'.repeat(71), 'other'],
      })
      const wanted = new Map([
        [one, '0000000165'],
        [two, 'x'.repeat(70)],
      ])
      assert.deepEqual(await store.uidls(accountId), wanted)
      await store.expunge(accountId, inbox, [1], { onlyDeleted: false, by: 'imap' })
      assert.deepEqual(await store.setUidls(accountId, [{ entryId: three, uidl: '0000000165' }]), {
        taken: 0,
        refused: ['0000000165'],
      })
      assert.deepEqual(await store.uidls(accountId), wanted)
      const other = await newAccount(1)
      const [[, , entryId = 0] = []] = await entriesIn(other.accountId, other.inbox)
      assert.equal((await store.setUidls(other.accountId, [{ entryId, uidl: '0000000165' }])).taken, 1)
      await store.removeAccount(other.accountId)
      const rows = await place.database.read(tx =>
        tx.all(sql`SELECT entry_id FROM pop3_uidl WHERE account_id = ${other.accountId}`),
      )
      assert.deepEqual(rows, [])
    })

    test('an account without unique-ids of its own is asked for them once', async () => {
      const { accountId } = await newAccount(1)
      await store.uidls(accountId)
      await place.database.write(tx =>
        tx.run(sql`INSERT INTO pop3_uidl (account_id, entry_id, uidl) VALUES (${accountId}, 1, 'unseen')`),
      )
      assert.equal((await store.uidls(accountId)).size, 0)
      await store.setUidls(accountId, [])
      assert.equal((await store.uidls(accountId)).size, 1)
    })

    test('messages with octets over 127 are looked at until somebody has', async () => {
      const { accountId, inbox } = await newAccount()
      const large = 'x'.repeat(limits.inlineBytes + 1)
      const ids: number[] = []
      for (const text of ['a', 'caf\xe9', large, `${large}\xe9`, `\xe9${large}`])
        ids.push((await append(accountId, inbox, text)).messageId)
      const prefixes = ['Received: x\r\n', 'Received: \xc3\xa9\r\n']
      for (const prefix of prefixes) {
        await using message = await place.message('b')
        const delivery = { accountId, mailbox: 'INBOX', prefix: Buffer.from(prefix, 'latin1') }
        ids.push((await store.deliver(message, [delivery]))[0]?.entry.messageId ?? 0)
      }
      const places = async (of = accountId) =>
        [...(await store.surrogates(of))].map(([id, octets]) => [ids.indexOf(id), octets])
      assert.deepEqual(await places(), [
        [1, -1],
        [3, -1],
        [4, -1],
        [6, -1],
      ])
      const [zero = 0, one = 0, , three = 0] = ids
      assert.deepEqual(await store.surrogates(accountId, Float64Array.of(zero, three, 1)), new Map([[three, -1]]))
      await store.setSurrogates(
        accountId,
        new Map([
          [one, 77],
          [three, undefined],
        ]),
      )
      assert.deepEqual(await places(), [
        [1, 77],
        [4, -1],
        [6, -1],
      ])
      const to = await newAccount()
      await store.shares.copy(
        { accountId, mailboxId: inbox },
        { accountId: to.accountId, mailboxId: to.inbox },
        [1, 2, 4],
        {
          isMove: false,
        },
      )
      assert.deepEqual([...(await store.surrogates(to.accountId)).values()], [77])
    })

    test('kept bytes are looked at too', async () => {
      const { accountId } = await newAccount()
      for (const text of ['a', 'caf\xe9', 'x'.repeat(limits.inlineBytes + 1)]) {
        await using message = await place.message(text)
        const kept = await store.kept(await store.keep(message, async (_, id) => id))
        assert.ok(kept)
        await store.deliver(kept, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
      }
      // Of kept files nobody knows.
      assert.deepEqual([...(await store.surrogates(accountId)).values()], [-1, -1])
    })

    test('what was removed is listed by what it was', async () => {
      const { accountId, inbox } = await newAccount(4)
      const entries = await entriesIn(accountId, inbox)
      const ids = (list: readonly { readonly entryId: number }[]) =>
        list.map(({ entryId }) => entries.findIndex(([, , id]) => id === entryId) + 1)
      const begin = place.clock.now()
      await store.expunge(accountId, inbox, [2], { onlyDeleted: false, by: 'pop3' })
      place.clock.advance(1_000)
      await store.createMailbox(accountId, 'Team')
      await store.move(accountId, inbox, await idOf(accountId, 'Team'), [1])
      await store.deleteMailbox(accountId, 'Team')
      await store.expunge(accountId, inbox, [4], { onlyDeleted: false })
      const [first, second, third] = await store.buried(accountId, all)
      assert.deepEqual(
        [first, second, third].map(one => [one?.mailbox, one?.by, (one?.removedAt ?? 0) - begin, one?.sizeBytes]),
        [
          ['Team', 'imap', 1_000, 1],
          ['INBOX', 'pop3', 0, 1],
          ['INBOX', undefined, 1_000, 1],
        ],
      )
      assert.equal(second?.keptUntil, begin + keepExpungedMs)
      assert.deepEqual(ids(await store.buried(accountId, all)), [1, 2, 4])
      assert.deepEqual(ids(await store.buried(accountId, { ...all, mailbox: 'inbox' })), [2, 4])
      assert.deepEqual(ids(await store.buried(accountId, { ...all, since: begin + 1 })), [1, 4])
      assert.deepEqual(ids(await store.buried(accountId, { ...all, by: 'imap' })), [1])
      assert.deepEqual(ids(await store.buried(accountId, { most: 2 })), [1, 2])
      assert.deepEqual(ids(await store.buried(accountId, { ...all, after: second?.entryId })), [4])
      assert.deepEqual(await store.buried((await newAccount()).accountId, all), [])
    })

    test('what is restored is the same entry under a new UID, and its old one stays vanished', async () => {
      const { accountId, inbox } = await newAccount(1)
      const entry = await append(accountId, inbox, 'text', flag.answered | flag.deleted, '$Label1')
      const quota = await store.quota(accountId)
      await store.expunge(accountId, inbox, [2], { onlyDeleted: true, by: 'imap' })
      const before = await store.mailbox(accountId, 'INBOX')
      const heard: Change[] = []
      using _feed = store.subscribe(accountId, change => heard.push(change))
      place.clock.advance(5_000)
      assert.deepEqual(await store.restore(accountId, [entry.entryId, 12_345], {}), {
        kind: 'done',
        restored: [{ entryId: entry.entryId, mailbox: 'INBOX', uid: 3, taken: false }],
      })
      const mailbox = await store.mailbox(accountId, 'INBOX')
      assert.ok(mailbox && before && mailbox.highestModseq > before.highestModseq)
      assert.deepEqual([mailbox.exists, mailbox.deleted, mailbox.uidNext], [2, 0, 4])
      const [change] = heard
      const savedAt = place.clock.now()
      const restored = { ...entry, uid: 3, flags: flag.answered, modseq: mailbox.highestModseq, savedAt }
      assert.deepEqual(change?.kind === 'added' && change.entries, [restored])
      assert.deepEqual(await store.quota(accountId), quota)
      assert.deepEqual(await store.vanished(accountId, inbox, { since: 0 }), [2])
      assert.deepEqual(await store.buried(accountId, all), [])
      assert.deepEqual(await store.restore(accountId, [entry.entryId], {}), { kind: 'done', restored: [] })
      const [bytes] = await store.messagesInline(accountId, [entry.messageId])
      assert.equal(Buffer.from(bytes ?? []).toString(), 'text')
    })

    test('what POP3 removed stays hidden from it, unless it is to have it back', async () => {
      const { accountId, inbox } = await newAccount(3)
      const entries = await entriesIn(accountId, inbox)
      const [one = 0, two = 0, three = 0] = entries.map(([, , entryId]) => entryId)
      await store.take(accountId, inbox, [3], { taken: true })
      await store.expunge(accountId, inbox, [1, 2], { onlyDeleted: false, by: 'pop3' })
      await store.expunge(accountId, inbox, [3], { onlyDeleted: false, by: 'imap' })
      await store.restore(accountId, [one], {})
      await store.restore(accountId, [two, three], { forPop3: true })
      assert.deepEqual(await entriesIn(accountId, inbox), [
        [4, flag.flagged | flag.taken, one],
        [5, flag.flagged, two],
        [6, flag.flagged, three],
      ])
      await store.expunge(accountId, inbox, [4], { onlyDeleted: false, by: 'imap' })
      await store.restore(accountId, [one], {})
      assert.deepEqual(await flagsIn(accountId, inbox), [flag.flagged, flag.flagged, flag.flagged | flag.taken])
    })

    test('a mailbox that is gone is made again, with its parents; another can be named', async () => {
      const { accountId, inbox } = await newAccount(3)
      const [one = 0, two = 0, three = 0] = (await entriesIn(accountId, inbox)).map(([, , entryId]) => entryId)
      await store.createMailbox(accountId, 'Team/Plans')
      await store.move(accountId, inbox, await idOf(accountId, 'Team/Plans'), [1, 2])
      await store.deleteMailbox(accountId, 'Team/Plans')
      await store.deleteMailbox(accountId, 'Team')
      await store.expunge(accountId, inbox, [3], { onlyDeleted: false })
      const back = await store.restore(accountId, [three, one], {})
      assert.deepEqual(back.kind === 'done' && back.restored.map(({ mailbox, uid }) => [mailbox, uid]), [
        ['Team/Plans', 1],
        ['INBOX', 4],
      ])
      const named = await store.restore(accountId, [two], { mailbox: 'Found/again' })
      assert.deepEqual(named.kind === 'done' && named.restored[0]?.mailbox, 'Found/again')
      assert.equal((await store.mailboxes(accountId)).filter(({ name }) => /^(Team|Found)/.test(name)).length, 4)
    })

    test('nothing comes back where it cannot be', async () => {
      const { accountId, inbox } = await newAccount(3)
      const ids = (await entriesIn(accountId, inbox)).map(([, , entryId]) => entryId ?? 0)
      await store.expunge(accountId, inbox, [1, 2], { onlyDeleted: false })
      assert.deepEqual(await store.restore(accountId, ids, { mailbox: 'a//b' }), { kind: 'name-not-allowed' })
      await store.setMessageQuota(accountId, 2)
      assert.deepEqual(await store.restore(accountId, ids, {}), { kind: 'over-quota' })
      await store.setMessageQuota(accountId, undefined)
      await store.setQuota(accountId, 2)
      assert.deepEqual(await store.restore(accountId, ids, { mailbox: 'New' }), { kind: 'over-quota' })
      assert.equal(await store.mailbox(accountId, 'New'), undefined)
      assert.equal((await store.buried(accountId, all)).length, 2)
      const one = await store.restore(accountId, ids.slice(0, 1), {})
      assert.equal(one.kind === 'done' && one.restored.length, 1)
    })

    test('many come back at once', async () => {
      const { accountId, inbox } = await newAccount()
      // More than one statement takes; PGlite is too slow for that.
      const count = name === 'SQLite' ? 2_500 : 250
      await using message = await place.message('x')
      const one = { message, flags: 0, keywords: '', internalDate: undefined }
      await store.append(accountId, inbox, new Array(count).fill(one))
      const ids = (await entriesIn(accountId, inbox)).map(([, , entryId]) => entryId ?? 0)
      await store.expunge(
        accountId,
        inbox,
        ids.map((_, index) => index + 1),
        { onlyDeleted: false },
      )
      const back = await store.restore(accountId, ids, {})
      assert.equal(back.kind === 'done' && back.restored.length, count)
      const after = await entriesIn(accountId, inbox)
      assert.deepEqual(
        after.map(([, , entryId]) => entryId),
        ids,
      )
    })
  })
