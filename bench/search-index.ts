// The search index over many messages: how fast it is made, what it weighs, how long its answers take.
// `node bench/search-index.ts [messages [folder]]`: a folder that is named stays, and is used again the next time, by as many messages.

import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/io/clock.ts'
import { memoryLog } from '../src/io/memory-log.ts'
import { systemRandom } from '../src/io/random.ts'
import { type Database, sql } from '../src/io/sql/database.ts'
import { openSqlite } from '../src/io/sql/sqlite.ts'
import { openStore } from '../src/store/open.ts'
import type { TextQuery } from '../src/store/search/text-query.ts'
import type { Store } from '../src/store/store.ts'
import { foldCase } from '../src/text/fold-case.ts'
import { median } from './measure.ts'

const accountId = 1
const count = Number(process.argv[2] ?? 200_000)
const kept = process.argv[3]
const perAppend = 500
const runs = 5

/** Words as often as in a language: the n-th a n-th as often as the first. Some are numbers and names that come but once. */
let state = 1
function draw(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

const syllables = ['ka', 'ron', 'ti', 'mel', 'su', 'vor', 'an', 'de', 'pli', 'est', 'o', 'gra', 'nu', 'bi', 'sch', 'ly']
const vocabulary = 60_000

function word(number: number): string {
  let text = ''
  for (let rest = number + 1; rest > 0; rest = Math.floor(rest / syllables.length)) {
    text += syllables[rest % syllables.length] ?? ''
  }
  return text
}

function text(words: number): string {
  const picked: string[] = []
  for (let at = 0; at < words; at += 1) {
    const often = Math.floor(vocabulary ** (draw(1_000_000) / 1_000_000))
    picked.push(draw(40) === 0 ? draw(1e9).toString(36) : word(often))
    if (at % 12 === 11) picked.push('\r\n')
  }
  return picked.join(' ')
}

/** About 4 kB, half of it a header as large servers write them. */
function message(number: number): string {
  const sender = `${word(draw(3_000))}.${word(draw(40))}`
  const id = () => draw(2 ** 32).toString(36) + draw(2 ** 32).toString(36)
  const key = () => Buffer.from(Array.from({ length: 64 }, () => draw(256))).toString('base64')
  return [
    ...[1, 2, 3].map(
      hop =>
        `Received: from mx${hop}.example.net (mx${hop}.example.net [192.0.2.${draw(250)}])\r\n by in.example.com with ESMTPS id ${id()};\r\n Tue, 3 Mar 2026 10:${10 + draw(50)}:${10 + draw(50)} +0000`,
    ),
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=s1;\r\n bh=${key()};\r\n b=${key()}\r\n ${key()}`,
    `Authentication-Results: in.example.com; dkim=pass header.d=example.net; spf=pass smtp.mailfrom=${sender}@example.net`,
    `Message-ID: <${id()}@example.net>`,
    `References: <${id()}@example.net> <${id()}@example.net>`,
    `From: ${word(draw(500))} ${word(draw(3_000))} <${sender}@example.net>`,
    `To: Alice Example <alice@example.com>, ${word(draw(900))}@example.org`,
    `Subject: ${text(6)}${number % 5_000 === 17 ? ' quokka sighting' : ''}`,
    'Date: Tue, 3 Mar 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `${text(250 + draw(200))}${number % 4_000 === 33 ? ' the narwhalien arrived' : ''}`,
    '',
  ].join('\r\n')
}

/** The account with its messages, unless it is there from the last time. */
async function fill(store: Store): Promise<void> {
  if ((await store.mailbox(accountId, 'INBOX')) !== undefined) return
  await store.createAccount(accountId)
  const mailboxId = (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  for (let number = 0; number < count; number += perAppend) {
    const messages = []
    for (let at = number; at < Math.min(count, number + perAppend); at += 1) {
      await using writer = store.spool.open()
      await writer.write(Buffer.from(message(at)))
      messages.push({ message: await writer.finish(), flags: 0, keywords: '', internalDate: undefined })
    }
    await store.append(accountId, mailboxId, messages)
  }
}

async function weigh(database: Database): Promise<void> {
  const say = (name: string, bytes: number) => console.log(`${name}: ${(bytes / count).toFixed(0)} bytes a message`)
  for (const [kind, words, postings] of await database.read(tx =>
    tx.all<[number, number, number]>(
      sql`SELECT kind, SUM(LENGTH(words)), SUM(LENGTH(postings)) FROM search_words GROUP BY kind`,
    ),
  )) {
    say(`words of the ${['header', 'body'][kind]}`, words)
    say('  where they are', postings)
  }
  const fields = await database.read(tx => tx.get<[number]>(sql`SELECT SUM(LENGTH(texts)) FROM search_fields`))
  say('the five fields', fields?.[0] ?? 0)
  const segments = await database.read(tx => tx.get<[number]>(sql`SELECT COUNT(*) FROM search_segment`))
  console.log(`${segments?.[0]} segments`)
}

async function time(store: Store, ids: readonly number[], name: string, query: TextQuery): Promise<void> {
  const breathe = async () => await new Promise<void>(resolve => setImmediate(resolve))
  const times: number[] = []
  let found = 0
  let asked = 0
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now()
    const verdicts = await store.search.find(accountId, query, { from: 0, to: Number.MAX_SAFE_INTEGER, breathe })
    found = 0
    asked = 0
    for (const id of ids) {
      const verdict = verdicts.of(id)
      if (verdict !== 'no') found += 1
      if (verdict === 'ask') asked += 1
    }
    times.push(performance.now() - start)
  }
  console.log(
    `${name}: ${median(times).toFixed(0)} ms (first ${times[0]?.toFixed(0)}), ${found} messages, ${asked} of them to be read`,
  )
}

const folder = kept ?? (await mkdtemp(join(tmpdir(), 'posthouse-bench-search-')))
if (kept !== undefined) await mkdir(kept, { recursive: true })
try {
  await using database = await openSqlite({ path: join(folder, 'posthouse.db') })
  const outside = { clock: systemClock, random: systemRandom, log: memoryLog() }
  await using store = await openStore({ database, folder, ...outside })
  await fill(store)
  const rows = await database.read(tx => tx.all<[number, number]>(sql`SELECT message_id, size_bytes FROM message`))
  const ids = rows.map(([id]) => id)
  const bytes = rows.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0)
  if (ids.length !== count) throw new Error(`${folder} has ${ids.length} messages`)
  console.log(`${count} messages of ${(bytes / count).toFixed(0)} bytes`)

  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  const start = performance.now()
  for (let done = 0; done < count; )
    done = (await store.search.advance(accountId, { afresh: false, forMs: 5_000 })).indexed
  const seconds = (performance.now() - start) / 1000
  clearInterval(timer)
  console.log(
    `indexed in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} a second; nobody waited longer than ${longest.toFixed(0)} ms`,
  )
  await weigh(database)
  const sizes = await Promise.all((await readdir(folder)).map(async name => (await stat(join(folder, name))).size))
  console.log(`all files: ${(sizes.reduce((a, b) => a + b) / 1e6).toFixed(0)} MB`)

  const header = (lowerCaseName: string, folded: string): TextQuery => ({ kind: 'header', lowerCaseName, folded })
  await time(store, ids, 'FROM, rare', header('from', `${word(2_917)}@`))
  await time(store, ids, 'FROM, all', header('from', 'example'))
  await time(store, ids, 'SUBJECT, 40 messages', header('subject', 'quokka sight'))
  await time(store, ids, 'SUBJECT, common', header('subject', word(3)))
  await time(store, ids, 'BODY, 50 messages', { kind: 'body', folded: 'narwhalien' })
  await time(store, ids, 'BODY, two words', { kind: 'body', folded: foldCase('the Narwhalien arr') })
  await time(store, ids, 'BODY, common', { kind: 'body', folded: word(40) })
  await time(store, ids, 'BODY, two letters', { kind: 'body', folded: 'ka' })
  await time(store, ids, 'BODY, one letter', { kind: 'body', folded: 'o' })
  await time(store, ids, 'BODY, two common words', { kind: 'body', folded: `${word(3)} ${word(4)}` })
  await time(store, ids, 'TEXT, rare', { kind: 'text', folded: 'narwhal' })
  await time(store, ids, 'TEXT, common', { kind: 'text', folded: word(40) })
  await time(store, ids, 'HEADER Message-ID', header('message-id', '<nobody.knows.this@example.net>'))
} finally {
  if (kept === undefined) await rm(folder, { recursive: true })
}
