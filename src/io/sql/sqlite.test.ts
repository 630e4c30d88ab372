import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Database, DiskFullError, sql } from './database.ts'
import { lockFolder } from './folder-lock.ts'
import { openSqlite, type SqliteOptions } from './sqlite.ts'
import { WalSync } from './wal-sync.ts'

interface Opened extends AsyncDisposable {
  readonly database: Database
  readonly folder: string
}

async function opened(options: Partial<SqliteOptions> = {}): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-sqlite-'))
  const database = await openSqlite({ path: join(folder, 'a.db'), ...options })
  await database.write(tx => tx.define('CREATE TABLE t (id BIGINT PRIMARY KEY, bytes BYTES)'))
  return {
    database,
    folder,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

const insert = (id: number) => sql`INSERT INTO t (id, bytes) VALUES (${id}, ${null})`

async function ids(database: Database): Promise<number[]> {
  const rows = await database.read(tx => tx.all<[number]>(sql`SELECT id FROM t ORDER BY id`))
  return rows.map(([id]) => id)
}

test('values come back as they went in', async () => {
  await using at = await opened()
  const bytes = Uint8Array.of(0, 255, 1)
  const row = await at.database.write(async tx => {
    await tx.run(sql`INSERT INTO t (id, bytes) VALUES (${2 ** 53 - 1}, ${bytes})`)
    return tx.get<[number, Uint8Array]>(sql`SELECT id, bytes FROM t`)
  })
  assert.equal(row?.[0], 2 ** 53 - 1)
  assert.deepEqual(new Uint8Array(row?.[1] ?? []), bytes)
  assert.equal(await at.database.read(tx => tx.get(sql`SELECT id FROM t WHERE id = ${1}`)), undefined)
})

test('a write that throws is undone, and those beside it are not', async () => {
  await using at = await opened()
  const results = await Promise.allSettled(
    [1, 2, 3].map(id =>
      at.database.write(async tx => {
        await tx.run(insert(id))
        if (id === 2) throw new Error('no')
      }),
    ),
  )
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await ids(at.database), [1, 3])
})

test('a write that awaits something else is undone, and says so', async () => {
  await using at = await opened()
  const strays = [
    () => new Promise(resolve => setImmediate(resolve)),
    () => stat(at.folder),
    () => new Promise(() => {}),
  ]
  for (const stray of strays) {
    const write = at.database.write(async tx => {
      await tx.run(insert(1))
      await stray()
      await tx.run(insert(2))
    })
    await assert.rejects(write, /awaited something other than the transaction/)
  }
  await at.database.write(tx => tx.run(insert(3)))
  assert.deepEqual(await ids(at.database), [3])
})

test('a write that awaits something else stops none of those beside it, and its return undoes nothing', async () => {
  await using at = await opened()
  const later = Promise.withResolvers<void>()
  const stray = at.database.write(async tx => {
    await tx.run(insert(1))
    await later.promise
  })
  const beside = [2, 3].map(id => at.database.write(tx => tx.run(insert(id))))
  await assert.rejects(stray, /awaited something other than the transaction/)
  await Promise.all(beside)
  later.resolve()
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(await ids(at.database), [2, 3])
})

test('a read that awaits something else says so', async () => {
  await using at = await opened()
  await assert.rejects(
    at.database.read(() => stat(at.folder)),
    /awaited something other/,
  )
  assert.deepEqual(await ids(at.database), [])
})

test('a write may give the event loop turns: others see nothing of it before its end, and reads go on', async () => {
  await using at = await opened()
  const seen: number[][] = []
  const order: string[] = []
  const write = at.database.write(async tx => {
    for (const id of [1, 2, 3]) {
      await tx.run(insert(id))
      await tx.turn()
      // Long enough for the read that was asked for meanwhile.
      await tx.turn()
      order.push(`piece ${id}`)
    }
  })
  const beside = at.database.write(tx => tx.run(insert(9))).then(() => order.push('beside'))
  let over = false
  void write.then(() => {
    over = true
  })
  while (!over) {
    const found = await ids(at.database)
    if (!over) seen.push(found)
    await new Promise(resolve => setImmediate(resolve))
  }
  await beside
  // Between the commit and its sync a read may be ahead.
  const early = seen.filter(found => found.length < 4)
  assert.ok(early.length > 1)
  assert.deepEqual(early.flat(), [], 'a read saw what was not committed')
  assert.deepEqual(order, ['piece 1', 'piece 2', 'piece 3', 'beside'])
  assert.deepEqual(await ids(at.database), [1, 2, 3, 9])
})

test('a write that fails, or awaits something else, behind a turn is undone', async () => {
  await using at = await opened()
  const strays: readonly (() => Promise<unknown>)[] = [() => stat(at.folder), () => new Promise(() => {})]
  for (const stray of strays) {
    const write = at.database.write(async tx => {
      await tx.run(insert(1))
      await tx.turn()
      await stray()
      await tx.run(insert(2))
    })
    await assert.rejects(write, /awaited something other than the transaction/)
  }
  const failing = at.database.write(async tx => {
    await tx.run(insert(1))
    await tx.turn()
    throw new Error('no')
  })
  await assert.rejects(failing, /^Error: no$/)
  await at.database.write(tx => tx.run(insert(3)))
  assert.deepEqual(await ids(at.database), [3])
})

test('a checkpoint that holds the writes back waits for one that gives turns', async () => {
  await using at = await opened({ checkpointBytes: 300_000, restartBytes: 600_000, truncateBytes: 600_000 })
  const bytes = new Uint8Array(50_000)
  const long = async (first: number) =>
    at.database.write(async tx => {
      for (let id = first; id < first + 20; id++) {
        await tx.run(sql`INSERT INTO t (id, bytes) VALUES (${id}, ${bytes})`)
        await tx.turn()
      }
    })
  for (let first = 0; first < 400; first += 80) await Promise.all([0, 20, 40, 60].map(offset => long(first + offset)))
  assert.equal((await ids(at.database)).length, 400)
  assert.deepEqual(await at.database.faults(), [])
})

test('a transaction can not be used after its end', async () => {
  await using at = await opened()
  const tx = await at.database.write(async tx => tx)
  await assert.rejects(tx.run(insert(1)), /has ended/)
  await assert.rejects(tx.turn(), /has ended/)
})

test('writes run in the order they were asked for, and onDurable in that order too', async () => {
  await using at = await opened()
  const order: string[] = []
  await Promise.all(
    Array.from({ length: 100 }, (_, id) =>
      at.database
        .write(
          async tx => {
            await tx.run(insert(id))
            return id
          },
          result => order.push(`durable ${result}`),
        )
        .then(() => order.push(`settled ${id}`)),
    ),
  )
  const durable = order.filter(text => text.startsWith('durable'))
  assert.deepEqual(
    durable,
    Array.from({ length: 100 }, (_, id) => `durable ${id}`),
  )
  assert.ok(order.indexOf('durable 5') < order.indexOf('settled 5'))
})

test('a read sees one snapshot, and every write that settled before it', async () => {
  await using at = await opened()
  await at.database.write(tx => tx.run(insert(1)))
  let write: Promise<unknown> = Promise.resolve()
  const seen = await at.database.read(async tx => {
    const before = await tx.all(sql`SELECT id FROM t`)
    write = at.database.write(tx => tx.run(insert(2)))
    // Long enough in microtasks for that write to commit.
    for (let turn = 0; turn < 100; turn++) await undefined
    return [before.length, (await tx.all(sql`SELECT id FROM t`)).length]
  })
  assert.deepEqual(seen, [1, 1])
  await write
  assert.deepEqual(await ids(at.database), [1, 2])
})

test('reads can not write', async () => {
  await using at = await opened()
  await assert.rejects(at.database.read(tx => tx.run(insert(1))))
})

test('a full disk undoes the write with DiskFullError, and all goes on when there is room', async () => {
  await using at = await opened({ maxPages: 30 })
  const bytes = new Uint8Array(20_000)
  const fill = async () => {
    for (let id = 1; id < 100; id++) {
      await at.database.write(tx => tx.run(sql`INSERT INTO t (id, bytes) VALUES (${id}, ${bytes})`))
    }
  }
  await assert.rejects(fill(), DiskFullError)
  const stored = await ids(at.database)
  assert.ok(stored.length > 2)
  await at.database.write(tx => tx.run(sql`DELETE FROM t WHERE id = ${1}`))
  await at.database.write(tx => tx.run(sql`INSERT INTO t (id, bytes) VALUES (${1000}, ${bytes})`))
  assert.deepEqual(await ids(at.database), [...stored.slice(1), 1000])
  assert.deepEqual(await at.database.faults(), [])
})

const steady = [
  ['begins anew', { checkpointBytes: 300_000, restartBytes: 1_000_000 }],
  ['is cut', { checkpointBytes: 300_000, restartBytes: 1_000_000, truncateBytes: 1_000_000 }],
] as const

for (const [what, options] of steady)
  test(`under steady writes the log is checkpointed and ${what}`, async () => {
    await using at = await opened(options)
    const bytes = new Uint8Array(50_000)
    const write = async (id: number) => {
      await at.database.write(tx => tx.run(sql`INSERT INTO t (id, bytes) VALUES (${id}, ${bytes})`))
    }
    const writer = async (first: number) => {
      for (let id = first; id < first + 100; id++) await write(id)
    }
    await Promise.all([writer(0), writer(1000), writer(2000)])
    const { size } = await stat(join(at.folder, 'a.db'))
    assert.ok(size > 1_000_000, `${size} bytes were checkpointed`)
    assert.equal((await ids(at.database)).length, 300)
    assert.deepEqual(await at.database.faults(), [])
  })

test('closing leaves one file, and nothing can be done afterwards', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-sqlite-'))
  const path = join(folder, 'a.db')
  const database = await openSqlite({ path })
  await database.write(tx => tx.define('CREATE TABLE t (id BIGINT PRIMARY KEY, bytes BYTES)'))
  const last = database.write(tx => tx.run(insert(7)))
  await database[Symbol.asyncDispose]()
  await last
  assert.deepEqual(await readdir(folder), ['a.db'])
  await assert.rejects(
    database.write(tx => tx.run(insert(8))),
    /closed/,
  )
  const again = await openSqlite({ path })
  assert.deepEqual(await ids(again), [7])
  await again[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('a file that is no database is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-sqlite-'))
  const { writeFile } = await import('node:fs/promises')
  await writeFile(join(folder, 'a.db'), 'this is no database at all, just some text'.repeat(100))
  await assert.rejects(openSqlite({ path: join(folder, 'a.db') }), /not a database/)
  await rm(folder, { recursive: true })
})

test('a sync that failed once fails for ever', { skip: !existsSync('/dev/null') }, async () => {
  // A device that can't be synced.
  const sync = new WalSync('/dev/null')
  const told: unknown[] = []
  sync.add({ durable: () => told.push('durable'), failed: error => told.push(error) })
  await sync.idle()
  assert.match(String(told[0]), /fdatasync/)
  assert.ok(sync.failure !== undefined)
  await sync.close()
})

test('a folder is locked once, until the lock is disposed of', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-lock-'))
  const lock = lockFolder(folder)
  assert.ok(lock !== undefined)
  assert.equal(lockFolder(folder), undefined)
  lock[Symbol.dispose]()
  const next = lockFolder(folder)
  assert.ok(next !== undefined)
  next[Symbol.dispose]()
  await rm(folder, { recursive: true })
})
