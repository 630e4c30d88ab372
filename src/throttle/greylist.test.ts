import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { Greylist, type GreylistLimits, type GreylistVerdict } from './greylist.ts'
import { find } from './greylist-rows.ts'
import { senderKey } from './sender-key.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

interface Place {
  readonly clock: ManualClock
  readonly database: Database
  readonly greylist: Greylist
  /** Read and write transactions so far. */
  readonly transactions: { reads: number; writes: number }
  restarted(): Promise<Greylist>
}

const engines: readonly (readonly [name: string, open: (folder: string) => Promise<Database>])[] = [
  ['SQLite', folder => openSqlite({ path: join(folder, 'greylist.db') })],
  ['PGlite', () => openPglite()],
]

/** A greylist that knows nobody yet. */
async function emptyPlace(engine: Database, limits?: Partial<GreylistLimits>): Promise<Place> {
  const transactions = { reads: 0, writes: 0 }
  const database = counting(engine, transactions)
  const clock = manualClock()
  const needs = { database, clock, ...(limits && { limits }) }
  const restarted = () => Greylist.open(needs)
  const greylist = await restarted()
  for (const accountId of await accountIds(engine)) await greylist.forget(accountId)
  return { clock, database, greylist: await restarted(), transactions, restarted }
}

async function accountIds(database: Database): Promise<readonly number[]> {
  const both = sql`SELECT account_id FROM greylist UNION SELECT account_id FROM correspondent`
  return (await database.read(tx => tx.all<[number]>(both))).map(([accountId]) => accountId)
}

function counting(database: Database, transactions: { reads: number; writes: number }): Database {
  return {
    read(work) {
      transactions.reads += 1
      return database.read(work)
    },
    write(work, onDurable) {
      transactions.writes += 1
      return database.write(work, onDurable)
    },
    durable: () => database.durable(),
    faults: () => database.faults(),
    [Symbol.asyncDispose]: async () => {},
  }
}

const alice = { accountId: 1, address: 'alice@example.test' }
const bob = { accountId: 2, address: 'bob@example.test' }
const message = { address: '192.0.2.1', sender: 'writer@far.test', recipients: [alice] }

function waits(seconds: number, recipient = alice.address): GreylistVerdict {
  return { kind: 'waits', recipient, retryAfterMs: seconds * 1000 }
}

const passes: GreylistVerdict = { kind: 'passes' }

for (const [name, open] of engines) describe(`greylist on ${name}`, () => cases(open))

function cases(open: (folder: string) => Promise<Database>): void {
  let folder: string
  let engine: Database
  const place = (limits?: Partial<GreylistLimits>) => emptyPlace(engine, limits)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-greylist-'))
    engine = await open(folder)
  })

  after(async () => {
    await engine[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  test('a new sender waits, and passes when it comes again from its network', async () => {
    const at = await place()
    assert.deepEqual(await at.greylist.ask(message), waits(300))
    at.clock.advance(100_000)
    assert.deepEqual(await at.greylist.ask(message), waits(200))
    at.clock.advance(200_000)
    assert.deepEqual(await at.greylist.ask({ ...message, address: '198.51.100.1' }), waits(300))
    assert.deepEqual(
      await at.greylist.ask({ ...message, address: '192.0.2.77', recipients: [bob] }),
      waits(300, bob.address),
    )
    assert.deepEqual(await at.greylist.ask({ ...message, sender: 'other@far.test' }), waits(300))
    assert.deepEqual(await at.greylist.ask({ ...message, address: '192.0.2.77', sender: 'Writer@FAR.test' }), passes)
  })

  test('once taken it is known, from any network, and after a restart', async () => {
    const at = await place()
    await at.greylist.noteAccepted(message)
    const fromElsewhere = { ...message, address: '198.51.100.1' }
    assert.deepEqual(await at.greylist.ask(fromElsewhere), passes)
    assert.deepEqual(await (await at.restarted()).ask(fromElsewhere), passes)
    assert.deepEqual(await at.greylist.ask({ ...message, recipients: [bob] }), waits(300, bob.address))
  })

  test('who waits goes on waiting over a restart', async () => {
    const at = await place()
    await at.greylist.ask(message)
    at.clock.advance(300_000)
    assert.deepEqual(await (await at.restarted()).ask(message), passes)
  })

  test('who does not come again within a day begins anew', async () => {
    const at = await place()
    await at.greylist.ask(message)
    at.clock.advance(dayMs)
    assert.deepEqual(await at.greylist.ask(message), waits(300))
    at.clock.advance(300_000)
    assert.deepEqual(await at.greylist.ask(message), passes)
  })

  test('a known one is forgotten after 36 days of silence, not before', async () => {
    const at = await place()
    await at.greylist.noteAccepted(message)
    at.clock.advance(35 * dayMs)
    assert.deepEqual(await at.greylist.ask(message), passes)
    await at.greylist.noteAccepted(message)
    at.clock.advance(35 * dayMs)
    assert.deepEqual(await at.greylist.ask(message), passes)
    at.clock.advance(dayMs)
    assert.deepEqual(await at.greylist.ask(message), waits(300))
  })

  test('whom the account wrote to is known, and for long', async () => {
    const at = await place()
    await at.greylist.noteWrittenTo(1, ['Writer@Far.test', 'second@far.test', 'second@far.test'])
    assert.deepEqual(await at.greylist.ask(message), passes)
    at.clock.advance(300 * dayMs)
    assert.deepEqual(await at.greylist.ask(message), passes)
    assert.deepEqual(await at.greylist.ask({ ...message, recipients: [bob] }), waits(300, bob.address))
    // Its mail, taken meanwhile, makes it no less one that was written to.
    await at.greylist.noteAccepted(message)
    at.clock.advance(300 * dayMs)
    assert.deepEqual(await at.greylist.ask(message), passes)
    at.clock.advance(500 * dayMs)
    assert.deepEqual(await at.greylist.ask(message), waits(300))
  })

  test('whom the account answers is known for as long', async () => {
    const at = await place()
    await at.greylist.noteAccepted(message)
    await at.greylist.noteWrittenTo(1, [message.sender])
    at.clock.advance(300 * dayMs)
    assert.deepEqual(await at.greylist.ask(message), passes)
  })

  test('one recipient who knows the sender vouches for the message', async () => {
    const at = await place()
    await at.greylist.noteWrittenTo(2, [message.sender])
    assert.deepEqual(await at.greylist.ask({ ...message, recipients: [alice, bob] }), passes)
  })

  test('the null path waits like others, is known by its network alone, and for longer', async () => {
    const at = await place()
    const bounce = { ...message, sender: '' }
    assert.deepEqual(await at.greylist.ask(bounce), waits(300))
    at.clock.advance(300_000)
    assert.deepEqual(await at.greylist.ask(bounce), passes)
    await at.greylist.noteAccepted(bounce)
    assert.deepEqual(await at.greylist.ask({ ...bounce, address: '198.51.100.1' }), waits(300))
    at.clock.advance(140 * dayMs)
    assert.deepEqual(await at.greylist.ask(bounce), passes)
    at.clock.advance(5 * dayMs)
    assert.deepEqual(await at.greylist.ask(bounce), waits(300))
  })

  test('a known sender costs the database nothing, and one write a day', async () => {
    const at = await place()
    await at.greylist.noteAccepted(message)
    await at.greylist.noteWrittenTo(1, [message.sender])
    const before = { ...at.transactions }
    for (let count = 0; count < 5; count += 1) {
      assert.deepEqual(await at.greylist.ask(message), passes)
      await at.greylist.noteAccepted(message)
      await at.greylist.noteWrittenTo(1, [message.sender])
    }
    assert.deepEqual(at.transactions, before)
    at.clock.advance(dayMs)
    await at.greylist.ask(message)
    await at.greylist.noteAccepted(message)
    assert.deepEqual(at.transactions, { reads: before.reads + 1, writes: before.writes + 1 })
  })

  test('a retry that comes too early writes nothing', async () => {
    const at = await place()
    await at.greylist.ask(message)
    const { writes } = at.transactions
    for (let count = 0; count < 5; count += 1) await at.greylist.ask(message)
    assert.equal(at.transactions.writes, writes)
  })

  test('many recipients are one read', async () => {
    const at = await place()
    const recipients = Array.from({ length: 600 }, (_, index) => ({
      accountId: index + 1,
      address: `r${index}@example.test`,
    }))
    const { reads } = at.transactions
    assert.equal((await at.greylist.ask({ ...message, recipients })).kind, 'waits')
    assert.equal(at.transactions.reads, reads + 1)
    at.clock.advance(300_000)
    assert.deepEqual(await at.greylist.ask({ ...message, recipients }), passes)
  })

  test('those that wait are listed in pages, the longest first, each once', async () => {
    const at = await place()
    await at.greylist.ask({ ...message, sender: 'Old@far.test' })
    at.clock.advance(1_000)
    const recipients = Array.from({ length: 600 }, (_, index) => ({
      accountId: index + 1,
      address: `r${index}@example.test`,
    }))
    await at.greylist.ask({ ...message, recipients })
    const first = await at.greylist.waiting()
    const start = at.clock.now() - 1_000
    assert.deepEqual(first.items[0], {
      network: '192.0.2.0/24',
      sender: 'Old@far.test',
      recipient: alice.address,
      since: start,
      passesAt: start + 300_000,
    })
    assert.equal(first.items.length, 500)
    const second = await at.greylist.waiting(first.next)
    assert.equal(second.next, undefined)
    assert.equal(new Set([...first.items, ...second.items].map(item => item.recipient)).size, 601)
    at.clock.advance(dayMs)
    assert.deepEqual((await at.greylist.waiting()).items, [])
  })

  test('those that wait can be let in: by sender, recipient, network, or all', async () => {
    const at = await place()
    const other = { ...message, sender: 'other@far.test', recipients: [bob] }
    const third = { ...message, address: '198.51.100.1', sender: 'third-1@far.test' }
    for (const one of [message, other, third]) assert.equal((await at.greylist.ask(one)).kind, 'waits')
    assert.equal(await at.greylist.letIn({ sender: 'nobody@far.test' }), 0)
    assert.equal(await at.greylist.letIn({ sender: 'WRITER@far.test', recipient: alice.address }), 1)
    assert.deepEqual(await at.greylist.ask(message), passes)
    assert.equal(await at.greylist.letIn({ network: '198.51.100.9', sender: 'third-2@far.test' }), 1)
    assert.deepEqual(await at.greylist.ask(third), passes)
    assert.equal((await at.greylist.ask(other)).kind, 'waits')
    assert.equal(await at.greylist.letIn({}), 1)
    assert.deepEqual(await at.greylist.ask(other), passes)
    assert.deepEqual((await at.greylist.waiting()).items, [])
  })

  test('no more wait than the limit: the oldest are forgotten', async () => {
    const at = await place({ mostWaiting: 10 })
    for (let count = 0; count < 15; count += 1) {
      await at.greylist.ask({ ...message, sender: `writer-${'x'.repeat(count)}@far.test` })
      at.clock.advance(1_000)
      assert.ok((await at.greylist.waiting()).items.length <= 10)
    }
    const { items } = await at.greylist.waiting()
    assert.ok(items.length >= 9)
    assert.equal(items.at(-1)?.sender, `writer-${'x'.repeat(14)}@far.test`)
  })

  test('what is too old goes as new ones come', async () => {
    const at = await place()
    for (let count = 0; count < 20; count += 1)
      await at.greylist.ask({ ...message, sender: `writer-${'x'.repeat(count)}@far.test` })
    await at.greylist.noteAccepted({ ...message, sender: 'known@far.test' })
    await at.greylist.noteAccepted({ ...message, sender: '' })
    at.clock.advance(800 * dayMs)
    for (let count = 0; count < 12; count += 1)
      await at.greylist.ask({ ...message, sender: `late-${'x'.repeat(count)}@far.test` })
    assert.equal(await countRows(at.database), 12)
  })

  test('an account that is gone leaves nothing', async () => {
    const at = await place()
    await at.greylist.ask(message)
    await at.greylist.noteWrittenTo(1, ['a@far.test'])
    await at.greylist.noteWrittenTo(2, ['a@far.test'])
    await at.greylist.forget(1)
    assert.equal(await countRows(at.database), 1)
  })
}

async function countRows(database: Database): Promise<number> {
  const both = sql`SELECT (SELECT COUNT(*) FROM greylist) + (SELECT COUNT(*) FROM correspondent)`
  const row = await database.read(tx => tx.get<[number]>(both))
  return row?.[0] ?? -1
}

test('one sender is one, whatever number its address carries', () => {
  const table: [string, string][] = [
    ['Alice@Example.Test', 'alice@example.test'],
    ['bounce-4711-alice=example.test@list7.test', 'bounce-#-alice=example.test@list7.test'],
    ['0100018c2f3e9a77-5be1@mail.test', '#-#be#@mail.test'],
    ['msprvs1=18f3deadbeef00@mail.test', 'msprvs#=#@mail.test'],
    ['', ''],
    ['postmaster', 'postmaster'],
    ['"a@1"@b.test', '"a@#"@b.test'],
  ]
  for (const [address, wanted] of table) assert.equal(senderKey(address), wanted)
})

// By age it would read all that wait, for each message of a stranger: a flood of them would be its own amplifier.
test('a message is looked for by its key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-greylist-'))
  try {
    await using database = await openSqlite({ path: join(folder, 'greylist.db') })
    await Greylist.open({ database, clock: manualClock() })
    const plans: string[] = []
    const ages = { waitingSince: 0, passedSince: 0, keptSince: 0, acceptedSince: 0, writtenToSince: 0 }
    const recipients = [1, 2, 3].map(accountId => ({ accountId, address: 'alice@example.test' }))
    await database.read(async tx => {
      const explained: typeof tx.all = async ({ strings: [first = '', ...rest], values }) => {
        for (const row of await tx.all({ strings: [`EXPLAIN QUERY PLAN ${first}`, ...rest], values }))
          plans.push(String(row[3]))
        return []
      }
      await find({ ...tx, all: explained }, { network: '192.0.2.0/24', sender: 'a@far.test', recipients }, ages)
    })
    assert.deepEqual(plans, [
      'SEARCH correspondent USING PRIMARY KEY (account_id=? AND address=?)',
      'SEARCH greylist USING PRIMARY KEY (account_id=? AND network=? AND sender=?)',
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
