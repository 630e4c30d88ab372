// What a sudden end leaves: the files as they are at some moment while messages are accepted, delivered, relayed and reported, copied and opened anew.
// Whatever `accept` had settled for is delivered here once, and relayed; twice only what a peer had taken without our having written it down.

import assert from 'node:assert/strict'
import { cpSync, existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { type Arrived, refused, type ScriptedCarriage, taken } from './scripted-carriage.ts'
import { TemporaryQueue } from './temporary-queue.ts'

const hourMs = 60 * 60_000

/** Copies what a dead process would leave. At once: nothing is written meanwhile but by file operations already under way. */
function copyFiles(from: string, to: string): void {
  for (const name of ['blobs', 'spool', 'posthouse.db', 'posthouse.db-wal']) {
    // A file that goes while the folder is copied is one that a dying process might still have removed.
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true, force: true })
  }
}

/** One hop takes each message, one refuses it the first time, one refuses some of its recipients for good. */
function script(carriage: ScriptedCarriage): void {
  const isFirst = new Set<string>()
  carriage.script('far.test', { couriers: 2, messages: 3 })
  carriage.script('grey.test', {
    answer: address => {
      if (isFirst.has(address)) return taken
      isFirst.add(address)
      return refused('deferred')
    },
  })
  carriage.script('no.test', { answer: refused('failed') })
}

/** Messages to bob (with a report of success), to nobody (with one of failure) and to three other hosts, some small, some in files. */
async function acceptMany(
  place: TemporaryQueue,
  name: string,
  held: Set<string>,
  isOver: () => boolean,
): Promise<void> {
  for (let index = 0; !isOver(); index += 1) {
    const subject = `${name}-${index}`
    const text = `Subject: ${subject}\r\n\r\n${'x'.repeat(index % 5 === 0 ? 140_000 : 500)}`
    const elsewhere = {
      [`${subject}@far.test`]: {},
      [`${subject}@grey.test`]: { notify: ['NEVER'] as const },
      [`${subject}@no.test`]: { notify: index % 2 === 0 ? (['NEVER'] as const) : undefined },
    }
    // Of each three one waits, for a delivery of its own.
    const to = { bob: { notify: ['SUCCESS'] as const }, ...elsewhere }
    if (index % 3 === 0) await place.accept({ text, to })
    else if (index % 3 === 1) await place.hold({ text, to: { ...to, nobody: {} } })
    else await place.hold({ text, to, inMs: hourMs })
    held.add(subject)
    place.clock.advance(1)
  }
}

/** The subjects that begin a line of these texts: of the messages, and of those that reports bring back. */
function subjectsIn(texts: readonly string[], pattern: RegExp): readonly string[] {
  return texts.flatMap(text => [...text.matchAll(pattern)].map(([, subject = '']) => subject)).sort()
}

function addressesIn(arrived: readonly Arrived[]): readonly string[] {
  return arrived.flatMap(({ to }) => to)
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`what is accepted arrives after a sudden end, and its sender is told once, seed ${seed}`, async () => {
    const copy = await mkdtemp(join(tmpdir(), 'posthouse-queue-crash-'))
    const held = new Set<string>()
    let atTheEnd: { readonly held: readonly string[]; readonly arrived: readonly string[] } | undefined
    {
      await using place = await TemporaryQueue.open()
      script(place.carriage)
      const wanted = 12 + (seededRandom(seed).bytes(1)[0] ?? 0) / 8
      const isOver = () => {
        if (atTheEnd === undefined && held.size >= wanted) {
          atTheEnd = { held: [...held], arrived: addressesIn(place.carriage.arrived) }
          copyFiles(place.folder, copy)
        }
        return atTheEnd !== undefined
      }
      await Promise.all(['a', 'b', 'c'].map(name => acceptMany(place, name, held, isOver)))
    }
    const database = await openSqlite({ path: join(copy, 'posthouse.db') })
    {
      const clock = manualClock(Date.UTC(2026, 0, 1) + 2 * hourMs)
      await using place = await TemporaryQueue.open({ database, folder: copy, clock })
      script(place.carriage)
      await place.pass(2 * hourMs)
      assert.deepEqual(await place.queue.list(), [])
      const before = atTheEnd ?? { held: [], arrived: [] }
      const delivered = subjectsIn(await place.inbox('bob'), /^Subject: (\w-\d+)\r$/gm)
      assert.equal(new Set(delivered).size, delivered.length, 'delivered twice')
      assert.deepEqual(
        before.held.filter(subject => !delivered.includes(subject)),
        [],
        'lost',
      )
      relayed(place.carriage.arrived, before)
      // Each report names the message in its first part.
      const reported = subjectsIn(await place.inbox('alice'), /^ {2}Subject: (\w-\d+)\r$/gm)
      assert.deepEqual([...new Set(reported)], delivered)
      assert.equal(new Set(await finalsIn(place)).size, (await finalsIn(place)).length, 'told twice')
    }
    await database[Symbol.asyncDispose]()
    await rm(copy, { recursive: true })
  })
}

function relayed(after: readonly Arrived[], before: { held: readonly string[]; arrived: readonly string[] }): void {
  const now = addressesIn(after)
  assert.equal(new Set(now).size, now.length, 'relayed twice by the second process')
  const all = new Set([...before.arrived, ...now])
  const wanted = before.held.flatMap(subject => [`${subject}@far.test`, `${subject}@grey.test`])
  assert.deepEqual(
    wanted.filter(address => !all.has(address)),
    [],
    'lost',
  )
}

/** What each report says of whom. */
async function finalsIn(place: TemporaryQueue): Promise<readonly string[]> {
  return (await place.inbox('alice')).flatMap(text => {
    const [subject = ''] = subjectsIn([text], /^ {2}Subject: (\w-\d+)\r$/gm)
    return [...text.matchAll(/^Final-Recipient: rfc822; (.*)\r$/gm)].map(([, address]) => `${subject} ${address}`)
  })
}
