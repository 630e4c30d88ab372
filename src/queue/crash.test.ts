// What a sudden end leaves: the files as they are at some moment while messages are held, released and reported, copied and opened anew.
// Whatever `hold` had settled for is delivered, once; so is its report.

import assert from 'node:assert/strict'
import { cpSync, existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { TemporaryQueue } from './temporary-queue.ts'

const hourMs = 60 * 60_000

/** Copies what a dead process would leave. At once: nothing is written meanwhile but by file operations already under way. */
function copyFiles(from: string, to: string): void {
  for (const name of ['blobs', 'spool', 'posthouse.db', 'posthouse.db-wal']) {
    // A file that goes while the folder is copied is one that a dying process might still have removed.
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true, force: true })
  }
}

/** Holds messages to bob (with a report of success) and to nobody (with one of failure), some small, some in files. */
async function holdMany(place: TemporaryQueue, name: string, held: Set<string>, isOver: () => boolean): Promise<void> {
  for (let index = 0; !isOver(); index += 1) {
    const subject = `${name}-${index}`
    const text = `Subject: ${subject}\r\n\r\n${'x'.repeat(index % 5 === 0 ? 140_000 : 500)}`
    // Of each three one is due at once, so that deliveries are under way.
    await place.hold({ text, to: { bob: { notify: ['SUCCESS'] }, nobody: {} }, inMs: index % 3 === 0 ? 0 : hourMs })
    held.add(subject)
    place.clock.advance(1)
  }
}

/** The subjects that begin a line of these texts: of the messages, and of those that reports bring back. */
function subjectsIn(texts: readonly string[], pattern: RegExp): readonly string[] {
  return texts.flatMap(text => [...text.matchAll(pattern)].map(([, subject = '']) => subject)).sort()
}

for (const seed of [1, 2, 3, 4]) {
  test(`what is held is delivered once after a sudden end, and its sender told once, seed ${seed}`, async () => {
    const copy = await mkdtemp(join(tmpdir(), 'posthouse-queue-crash-'))
    const held = new Set<string>()
    let atTheEnd: readonly string[] | undefined
    {
      await using place = await TemporaryQueue.open()
      const wanted = 12 + (seededRandom(seed).bytes(1)[0] ?? 0) / 8
      const isOver = () => {
        if (atTheEnd === undefined && held.size >= wanted) {
          atTheEnd = [...held]
          copyFiles(place.folder, copy)
        }
        return atTheEnd !== undefined
      }
      await Promise.all(['a', 'b', 'c'].map(name => holdMany(place, name, held, isOver)))
    }
    const database = await openSqlite({ path: join(copy, 'posthouse.db') })
    {
      const clock = manualClock(Date.UTC(2026, 0, 1) + 2 * hourMs)
      await using place = await TemporaryQueue.open({ database, folder: copy, clock })
      await place.pass(hourMs)
      assert.deepEqual(await place.queue.list(), [])
      const delivered = subjectsIn(await place.inbox('bob'), /^Subject: (\w-\d+)\r$/gm)
      assert.equal(new Set(delivered).size, delivered.length, 'delivered twice')
      assert.deepEqual(
        atTheEnd?.filter(subject => !delivered.includes(subject)),
        [],
        'lost',
      )
      // Each report names the message in its first part.
      const reported = subjectsIn(await place.inbox('alice'), /^ {2}Subject: (\w-\d+)\r$/gm)
      assert.deepEqual(reported, delivered)
    }
    await database[Symbol.asyncDispose]()
    await rm(copy, { recursive: true })
  })
}
