// Verbs over many messages: one transaction each, that stops the event loop for no more than a piece of the work at a time.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Database, Tx } from '#io/sql/database.ts'
import { limits } from '#io/sql/limits.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { flag } from '#mail/flags.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

const accountId = 1
const readerId = 2
const messages = 6_144
const uids = Array.from({ length: messages }, (_, index) => index + 1)

/** Counts the rows that a transaction reads and changes between two turns. */
class Meter {
  most = 0
  turns = 0
  #rows = 0

  over(database: Database): Database {
    return {
      read: work => database.read(work),
      write: (work, onDurable) =>
        database.write(tx => {
          this.#end()
          return work(this.#metered(tx))
        }, onDurable),
      durable: () => database.durable(),
      faults: () => database.faults(),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }

  reset(): void {
    this.most = 0
    this.turns = 0
    this.#rows = 0
  }

  #end(): void {
    this.most = Math.max(this.most, this.#rows)
    this.#rows = 0
  }

  #count(rows: number): void {
    this.#rows += rows
    this.most = Math.max(this.most, this.#rows)
  }

  #metered(tx: Tx): Tx {
    return {
      all: async query => {
        const rows = await tx.all(query)
        this.#count(rows.length)
        // The rows are what the caller says they are.
        return rows as never
      },
      get: query => tx.get(query),
      run: async query => {
        const rows = await tx.run(query)
        this.#count(rows)
        return rows
      },
      define: statement => tx.define(statement),
      turn: () => {
        this.turns += 1
        this.#end()
        return tx.turn()
      },
    }
  }
}

let folder: string
let database: Database
let temporary: TemporaryStore
const meter = new Meter()

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthouse-turns-'))
  database = await openSqlite({ path: join(folder, 'posthouse.db') })
  temporary = await temporaryStore({ database: meter.over(database), folder, accounts: [accountId, readerId] })
  await using message = await temporary.message('x')
  const appended = { message, flags: 0, keywords: '', internalDate: undefined }
  await temporary.store.append(accountId, await inbox(), new Array(1_536).fill(appended))
  for (let count = 1_536; count < messages; count *= 2)
    await temporary.store.copy(accountId, await inbox(), await inbox(), uids.slice(0, count))
})

after(async () => {
  await temporary[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function mailboxId(name: string): Promise<number> {
  return (await temporary.store.mailbox(accountId, name))?.mailboxId ?? 0
}

const inbox = () => mailboxId('INBOX')

type Verb = readonly [name: string, moves: number, work: () => Promise<unknown>]

// In this order: each works on what the one before left. `moves`: messages that INBOX loses.
const verbs: readonly Verb[] = [
  [
    'COPY into another account',
    0,
    async () => {
      const to = (await temporary.store.mailbox(readerId, 'INBOX'))?.mailboxId ?? 0
      const reader = { readerId: accountId, flags: flag.seen | flag.deleted, keywords: true }
      const from = { accountId, mailboxId: await inbox() }
      return temporary.store.shares.copy(from, { accountId: readerId, mailboxId: to, reader }, uids, { isMove: false })
    },
  ],
  ['COPY', 0, async () => temporary.store.copy(accountId, await inbox(), await mailboxId('Archive'), uids)],
  [
    'STORE',
    0,
    async () =>
      temporary.store.setFlags(accountId, await inbox(), uids, { action: 'add', flags: flag.deleted, keywords: [] }),
  ],
  ['MOVE', messages, async () => temporary.store.move(accountId, await inbox(), await mailboxId('Sent'), uids)],
  ['EXPUNGE', 0, async () => temporary.store.expunge(accountId, await mailboxId('Sent'), uids, { onlyDeleted: true })],
  ['DELETE', 0, async () => temporary.store.deleteMailbox(accountId, 'Archive')],
  ['removal of the account', 0, async () => temporary.store.removeAccount(accountId)],
]

for (const [name, moves, work] of verbs) {
  test(`${name} of ${messages} messages gives turns, and is seen as a whole`, async () => {
    const start = (await temporary.store.mailbox(accountId, 'INBOX'))?.exists ?? 0
    meter.reset()
    let over = false
    const done = work().finally(() => {
      over = true
    })
    const seen = new Set<number | undefined>()
    while (!over) {
      const exists = (await temporary.store.mailbox(accountId, 'INBOX'))?.exists
      if (!over) seen.add(exists)
      await new Promise(resolve => setImmediate(resolve))
    }
    await done
    // Between the commit and its sync a read may see it already.
    const left = name.startsWith('removal') ? undefined : start - moves
    assert.ok(
      [...seen].every(exists => exists === start || exists === left),
      `half of it was seen: ${[...seen]}`,
    )
    const least = name.startsWith('removal') ? 1 : messages / limits.rowsPerTurn - 1
    assert.ok(meter.turns >= least, `${meter.turns} turns`)
    assert.ok(meter.most <= limits.rowsPerTurn * 3, `${meter.most} rows in one go`)
  })
}
