import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { readHeader } from '#mail/header.ts'
import { bodyText, headerText, partHeaderText, wholeHeaderText } from '#mail/search-text.ts'
import { parseStructure } from '#mail/structure.ts'
import { Blobs } from '#store/blobs.ts'
import { Collector } from '#store/collector.ts'
import { assertConsistent, type TemporaryStore, temporaryStore } from '#store/temporary-store.ts'
import { foldCase } from '#text/fold-case.ts'
import { type Draw, drawMessage, drawText } from './drawn-message.ts'
import { limits } from './limits.ts'
import type { TextQuery } from './text-query.ts'

const accountId = 7
const breathe = async () => {}
const everything = { from: 0, to: Number.MAX_SAFE_INTEGER, breathe }

/** What reading the message gives. */
function holds(message: Uint8Array, query: TextQuery): boolean {
  const header = readHeader(message)
  if (query.kind === 'header')
    return headerText(header, query.lowerCaseName).some(value => foldCase(value).includes(query.folded))
  if (query.folded === '') return true
  const root = parseStructure(message)
  const texts = Array.from(bodyText(message, root))
  if (query.kind === 'text') texts.push(wholeHeaderText(header), ...partHeaderText(message, root))
  return texts.some(text => foldCase(text).includes(query.folded))
}

class Mail {
  readonly temporary: TemporaryStore
  readonly database: Database
  readonly folder: string
  /** By message id. */
  readonly messages = new Map<number, Uint8Array>()
  readonly draw: Draw
  #uids = new Map<number, number>()

  constructor(temporary: TemporaryStore, draw: Draw) {
    this.temporary = temporary
    this.database = temporary.database
    this.folder = temporary.folder
    this.draw = draw
  }

  async #inbox(): Promise<number> {
    return (await this.temporary.store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  }

  async append(octets: readonly Uint8Array[]): Promise<void> {
    const messages = await Promise.all(octets.map(one => this.temporary.message(one)))
    const items = messages.map(message => ({ message, flags: 0, keywords: '', internalDate: undefined }))
    const done = await this.temporary.store.append(accountId, await this.#inbox(), items)
    assert.equal(done.kind, 'done')
    for (const [index, entry] of (done.kind === 'done' ? done.entries : []).entries()) {
      this.messages.set(entry.messageId, octets[index] ?? new Uint8Array(0))
      this.#uids.set(entry.messageId, entry.uid)
    }
    for (const message of messages) await message[Symbol.asyncDispose]()
  }

  /** For good. */
  async remove(messageIds: readonly number[]): Promise<void> {
    const { store, clock, log } = this.temporary
    const uids = messageIds.map(id => this.#uids.get(id) ?? 0)
    await store.expunge(accountId, await this.#inbox(), uids, { onlyDeleted: false })
    for (const id of messageIds) this.messages.delete(id)
    clock.advance(2)
    const { folder, database } = this
    const blobs = new Blobs({ folder, database, clock, random: seededRandom(2) })
    await new Collector({ database, clock, log, blobs, keepMs: 1, isOpen: () => false }).collect()
  }

  async advance(options: { readonly afresh: boolean; readonly forMs: number } = { afresh: false, forMs: 0 }) {
    return await this.temporary.store.search.advance(accountId, options)
  }

  /** Compares what the index says with what the messages say. Returns how often it left it to them. */
  async compare(query: TextQuery): Promise<number> {
    const verdicts = await this.temporary.store.search.find(accountId, query, everything)
    let asked = 0
    for (const [id, message] of this.messages) {
      const verdict = verdicts.of(id)
      if (verdict === 'ask') asked += 1
      else assert.equal(verdict, holds(message, query) ? 'yes' : 'no', `${JSON.stringify(query)} of ${id}:\n${message}`)
    }
    return asked
  }

  drawQuery(): TextQuery {
    const texts = [...this.messages.values()]
    const message = texts[this.draw(texts.length)] ?? new Uint8Array(0)
    const from = this.draw(4) === 0 ? drawText(this.draw, 3) : this.#someText(message)
    const characters = Array.from(from)
    const start = this.draw(characters.length)
    const length = [1, 2, 3, 5, 12, 21, 45][this.draw(7)] ?? 0
    const folded = foldCase(characters.slice(start, start + length).join(''))
    const names = ['from', 'to', 'cc', 'bcc', 'subject', 'x-note', 'content-type']
    const lowerCaseName = names[this.draw(names.length)] ?? ''
    const kinds: TextQuery[] = [
      { kind: 'body', folded },
      { kind: 'text', folded },
      { kind: 'header', lowerCaseName, folded: this.draw(9) === 0 ? '' : folded },
    ]
    return kinds[this.draw(3)] as TextQuery // there are three
  }

  #someText(message: Uint8Array): string {
    const root = parseStructure(message)
    const header = wholeHeaderText(readHeader(message))
    const texts = [...bodyText(message, root), ...partHeaderText(message, root), header]
    return texts[this.draw(texts.length)] ?? ''
  }
}

async function openMail(database: Database, folder: string, seed: number): Promise<Mail> {
  const temporary = await temporaryStore({ database, folder, accounts: [accountId], keepExpungedMs: 1 })
  const random = seededRandom(seed)
  return new Mail(temporary, below =>
    Math.floor((random.bytes(4).reduce((n, byte) => n * 256 + byte, 0) / 2 ** 32) * below),
  )
}

const engines = [
  { name: 'SQLite', rounds: 12, open: (folder: string) => openSqlite({ path: join(folder, 'posthouse.db') }) },
  { name: 'PGlite', rounds: 2, open: () => openPglite() },
]

for (const { name, rounds, open } of engines) {
  describe(`the search index on ${name}`, () => {
    const withMail = async (seed: number, work: (mail: Mail) => Promise<void>) => {
      const folder = await mkdtemp(join(tmpdir(), 'posthouse-search-'))
      const database = await open(folder)
      try {
        const mail = await openMail(database, folder, seed)
        await work(mail)
        await mail.temporary[Symbol.asyncDispose]()
      } finally {
        await database[Symbol.asyncDispose]()
        await rm(folder, { recursive: true })
      }
    }

    test('what it says is what the messages say, while mail comes and goes', () =>
      withMail(1, async mail => {
        for (let round = 0; round < rounds; round += 1) {
          await mail.append(Array.from({ length: 1 + mail.draw(7) }, () => drawMessage(mail.draw)))
          if (mail.draw(3) > 0) await mail.advance()
          const ids = [...mail.messages.keys()]
          if (mail.draw(3) === 0) await mail.remove(ids.filter(() => mail.draw(4) === 0).slice(0, ids.length - 1))
          if (mail.draw(20) === 0) await mail.advance({ afresh: true, forMs: 0 })
          for (let count = 0; count < 12; count += 1) await mail.compare(mail.drawQuery())
          if (round % 5 === 0) await assertConsistent(mail.database, mail.folder)
        }
      }))

    test('all that is looked for in one word, and in the five fields, it decides by itself', () =>
      withMail(2, async mail => {
        for (let indexed = 3; indexed <= 30; indexed += 3) {
          await mail.append(Array.from({ length: 3 }, () => drawMessage(mail.draw)))
          assert.deepEqual(await mail.advance(), { messages: indexed, indexed })
        }
        // Eight of the ten segments are one.
        assert.equal((await rowCounts(mail.database))[1], 3)
        const queries: TextQuery[] = [
          { kind: 'body', folded: 'a' },
          { kind: 'text', folded: 'bc' },
          { kind: 'body', folded: '会' },
          { kind: 'text', folded: '東京' },
          { kind: 'body', folded: '' },
          { kind: 'header', lowerCaseName: 'subject', folded: 'ab cd, e' },
          { kind: 'header', lowerCaseName: 'bcc', folded: '' },
        ]
        for (const query of queries) assert.equal(await mail.compare(query), 0, JSON.stringify(query))
      }))
  })
}

const searchTables = ['search_account', 'search_segment', 'search_words', 'search_fields', 'search_gone']

async function rowCounts(database: Database): Promise<number[]> {
  return await database.read(async tx => {
    const counts: number[] = []
    for (const table of searchTables) {
      counts.push((await tx.get<[number]>({ strings: [`SELECT COUNT(*) FROM ${table}`], values: [] }))?.[0] ?? 0)
    }
    return counts
  })
}

async function withMail(seed: number, work: (mail: Mail) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-search-'))
  const database = await openSqlite({ path: join(folder, 'posthouse.db') })
  const mail = await openMail(database, folder, seed)
  await work(mail)
  await mail.temporary[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
}

/** Lets the background work until `isThere`. */
async function until(mail: Mail, isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isThere()); tries += 1) {
    assert.ok(tries < 10_000, 'the background does nothing')
    mail.temporary.clock.advance(limits.restMs)
    await new Promise(resolve => setImmediate(resolve))
  }
}

test('the background indexes what came once it is enough, and what was there at the start', () =>
  withMail(3, async mail => {
    const { store, clock } = mail.temporary
    const indexed = async () => (await store.search.state(accountId)).indexed
    await mail.append(Array.from({ length: limits.waitingMessages - 1 }, () => drawMessage(mail.draw)))
    clock.advance(limits.startMs + limits.settleMs)
    assert.equal(await indexed(), 0)
    await mail.append([drawMessage(mail.draw)])
    clock.advance(limits.settleMs)
    await until(mail, async () => (await indexed()) === limits.waitingMessages)
    await mail.append(Array.from({ length: limits.waitingMessages }, () => drawMessage(mail.draw)))
    const { database, folder } = mail
    await using again = await temporaryStore({ database, folder })
    again.clock.advance(limits.startMs)
    await until(new Mail(again, mail.draw), async () => (await indexed()) === 2 * limits.waitingMessages)
    assert.deepEqual(again.log.events, [])
  }))

test('a fault in the background is logged, and tried again with the next mail', () =>
  withMail(4, async mail => {
    const { store, clock, log } = mail.temporary
    await mail.database.write(tx => tx.define('ALTER TABLE search_account RENAME TO elsewhere'))
    await mail.append(Array.from({ length: limits.waitingMessages }, () => Buffer.from('x')))
    clock.advance(limits.settleMs)
    await until(mail, async () => log.events.length > 0)
    assert.equal(log.events[0]?.event, 'store.search-index-failed')
    await mail.database.write(tx => tx.define('ALTER TABLE elsewhere RENAME TO search_account'))
    await mail.append(Array.from({ length: limits.waitingMessages }, () => Buffer.from('x')))
    clock.advance(limits.settleMs)
    await until(mail, async () => (await store.search.state(accountId)).indexed === 2 * limits.waitingMessages)
  }))

for (const turns of [0, 1, 2, 3, 10]) {
  test(`a store that closes ${turns} turns after the work began leaves it where it is`, () =>
    withMail(5, async mail => {
      await mail.append(Array.from({ length: limits.waitingMessages }, () => drawMessage(mail.draw)))
      // So long that each turn is over at once.
      mail.temporary.clock.advance(limits.startMs + limits.settleMs)
      mail.temporary.clock.advance(limits.turnMs)
      for (let turn = 0; turn < turns; turn += 1) await new Promise(resolve => setImmediate(resolve))
      await mail.temporary.store[Symbol.asyncDispose]()
      assert.deepEqual(mail.temporary.log.events, [])
    }))
}

test('what a crash left of a segment goes with the next one, and everything with the account', () =>
  withMail(6, async mail => {
    const { database, temporary } = mail
    await database.write(tx =>
      tx.run(sql`INSERT INTO search_words (account_id, segment_id, kind, bucket, words, postings)
        VALUES (${accountId}, ${77}, ${0}, ${0}, ${Uint8Array.of(255)}, ${Uint8Array.of(0)})`),
    )
    await mail.append([Buffer.from('Subject: words')])
    await mail.advance()
    const left = await database.read(tx => tx.get(sql`SELECT COUNT(*) FROM search_words WHERE segment_id = ${77}`))
    assert.deepEqual(left, [0])
    assert.notDeepEqual((await rowCounts(database)).slice(0, 4), [0, 0, 0, 0])
    await temporary.store.removeAccount(accountId)
    assert.deepEqual(await rowCounts(database), [0, 0, 0, 0, 0])
    assert.deepEqual(await mail.advance(), { messages: 0, indexed: 0 })
    assert.deepEqual(await rowCounts(database), [0, 0, 0, 0, 0])
  }))

/** The same database, until its `writes` are used up. */
function runningOut(database: Database, writes: { left: number }): Database {
  return {
    read: work => database.read(work),
    write: (work, onDurable) => {
      writes.left -= 1
      return writes.left < 0 ? Promise.reject(new Error('killed')) : database.write(work, onDurable)
    },
    durable: () => database.durable(),
    faults: () => database.faults(),
    [Symbol.asyncDispose]: async () => {},
  }
}

test('cut off at any write the index goes on where it was, and nothing is in it twice', () =>
  withMail(12, async mail => {
    const { database, folder, draw } = mail
    for (let round = 0; round < 3; round += 1) {
      let left = 0
      for (let done = false; !done; left += 1) {
        const writes = { left: Number.POSITIVE_INFINITY }
        await using again = await temporaryStore({ database: runningOut(database, writes), folder })
        const added = new Mail(again, draw)
        await added.append([drawMessage(draw), drawMessage(draw)])
        for (const [id, message] of added.messages) mail.messages.set(id, message)
        writes.left = left
        done = await again.store.search.advance(accountId, { afresh: false, forMs: 0 }).then(
          () => true,
          error => {
            assert.match(String(error), /killed/)
            return false
          },
        )
        await assertConsistent(database, folder)
        for (let count = 0; count < 3; count += 1) await mail.compare(mail.drawQuery())
      }
      assert.ok(left > 3, 'so many writes at least')
    }
    const state = await mail.advance()
    assert.deepEqual(state, { messages: mail.messages.size, indexed: mail.messages.size })
    const unnamed = await database.read(tx =>
      tx.all(sql`
      SELECT DISTINCT segment_id FROM search_words WHERE segment_id NOT IN (SELECT segment_id FROM search_segment)`),
    )
    assert.deepEqual(unnamed, [])
  }))

test('words made by another version are not used, and made anew', () =>
  withMail(7, async mail => {
    await mail.append([Buffer.from('Subject: words')])
    await mail.advance()
    await mail.database.write(tx => tx.run(sql`UPDATE search_account SET version = 'older'`))
    const query: TextQuery = { kind: 'text', folded: 'words' }
    assert.equal(await mail.compare(query), 1)
    assert.deepEqual(await mail.temporary.store.search.state(accountId), { messages: 1, indexed: 0 })
    assert.deepEqual(await mail.advance(), { messages: 1, indexed: 1 })
    assert.equal(await mail.compare(query), 0)
  }))

test('messages that are gone leave no word behind', () =>
  withMail(8, async mail => {
    await mail.append(['one', 'two', 'three'].map(word => Buffer.from(`Subject: ${word}\r\n\r\n${word}`)))
    await mail.advance()
    await mail.remove([...mail.messages.keys()].slice(0, 2))
    assert.equal((await rowCounts(mail.database)).at(-1), 2)
    mail.temporary.clock.advance(limits.sweepEveryMs)
    const kept = async () => {
      const rows = await mail.database.read(tx =>
        tx.all<[Uint8Array]>(sql`SELECT words FROM search_words UNION ALL SELECT texts FROM search_fields`),
      )
      return Buffer.concat(rows.map(([octets]) => octets)).toString('latin1')
    }
    assert.match(await kept(), /one.*two/s)
    await until(mail, async () => !/one|two/.test(await kept()))
    assert.match(await kept(), /three/)
    assert.equal((await rowCounts(mail.database)).at(-1), 0)
  }))

test('the messages of the golden files are found as they are by reading', () =>
  withMail(11, async mail => {
    const folder = join(import.meta.dirname, '../../mail/golden')
    const names = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.eml'))
    await mail.append(await Promise.all(names.map(name => readFile(join(folder, name)))))
    await mail.advance()
    for (let count = 0; count < 100; count += 1) await mail.compare(mail.drawQuery())
  }))

test('of a phrase only messages that have its words are asked', () =>
  withMail(10, async mail => {
    const bodies = ['one two', 'two one', 'one', 'two', 'someone twofold', 'one, two']
    await mail.append(bodies.map(body => Buffer.from(`Subject: x\r\n\r\n${body}`)))
    await mail.advance()
    assert.equal(await mail.compare({ kind: 'body', folded: 'one tw' }), 4)
    assert.equal(await mail.compare({ kind: 'body', folded: ' two ' }), 4)
    assert.equal(await mail.compare({ kind: 'text', folded: 'x: one' }), 0)
  }))

test('of a message with too much text, or too large a header, only that is asked for', () =>
  withMail(9, async mail => {
    const line = `${'word '.repeat(15)}\r\n`
    const text = (bytes: number) => line.repeat(Math.ceil(bytes / line.length))
    await mail.append([
      Buffer.from(`Subject: small\r\n\r\n${text(200_000)} needle`),
      Buffer.from(`Subject: large\r\n\r\n${text(limits.partBytes)} needle`),
      Buffer.from(`Subject: head\r\n${'X-Filler: filler\r\n'.repeat(5_000)}\r\n${text(100_000)} needle`),
      Buffer.from(
        `Content-Type: multipart/mixed; boundary=b\r\nSubject: file\r\n\r\n--b\r\n\r\nneedle\r\n--b\r\nContent-Type: image/png\r\n\r\n${text(900_000)}\r\n--b--\r\n`,
      ),
    ])
    await mail.advance()
    assert.equal(await mail.compare({ kind: 'body', folded: 'needl' }), 1)
    assert.equal(await mail.compare({ kind: 'header', lowerCaseName: 'subject', folded: 'e' }), 1)
    assert.equal(await mail.compare({ kind: 'text', folded: 'nowhere' }), 2)
  }))
