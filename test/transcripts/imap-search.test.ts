// What the searching commands find is what a plain filter over the same messages finds: random messages, random keys, expunges, the index half built.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ImapPlace, imapPlace } from './imap/place.ts'

interface Message {
  readonly uid: number
  readonly subject: string
  readonly from: string
  readonly body: string
  readonly sentMs: number
  readonly internalMs: number
  readonly sizeBytes: number
  /** In upper case, without the backslash. */
  readonly flags: Set<string>
}

type Random = (below: number) => number
type Filter = (message: Message, number: number) => boolean

const words = ['plan', 'budget', 'Lunch', 'meeting', 'pla', 'gett', 'Report', 'x']
const people = ['ann@x.test', 'Bob <bob@y.test>', '"Carl P" <carl@x.test>']
const flags = ['Seen', 'Flagged', 'Answered', 'Deleted', 'Draft']
const dayMs = 86_400_000
const firstDay = Date.UTC(2025, 11, 1)

for (const seed of [1, 2, 3]) {
  test(`searches find what a filter finds, seed ${seed}`, async () => {
    const random = generator(seed)
    await using place = await imapPlace()
    const messages = await fill(place, random)
    const client = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
    const ask = async (line: string) => {
      client.send(`t ${line}\r\n`)
      const answer = await client.receive()
      assert.match(answer, /^t OK/m, `${line}\n${answer}`)
      return answer
    }
    for (let round = 0; round < 120; round += 1) {
      if (round === 40) await place.store.search.advance(1, { afresh: true, forMs: 1 })
      if (round % 15 === 14) await expunge(ask, messages, random)
      const [key, filter] = randomKey(random, 3, messages)
      const found = messages.filter((message, index) => filter(message, index + 1))
      const uids = found.map(({ uid }) => uid)
      assert.deepEqual(listed(await ask(`UID SEARCH ${key}`), 'SEARCH'), uids, key)
      const byNumber = found.map(message => messages.indexOf(message) + 1)
      assert.deepEqual(listed(await ask(`SEARCH ${key}`), 'SEARCH'), byNumber, key)
      const answer = await ask(`UID SEARCH RETURN (SAVE MIN MAX COUNT ALL) ${key}`)
      assert.equal(item(answer, 'COUNT'), String(uids.length), key)
      assert.equal(item(answer, 'MIN'), uids[0]?.toString(), key)
      assert.equal(item(answer, 'MAX'), uids.at(-1)?.toString(), key)
      assert.deepEqual(expanded(item(answer, 'ALL')), uids, key)
      assert.deepEqual(listed(await ask('UID SEARCH $'), 'SEARCH'), uids, key)
      const [by, compare] = randomOrder(random)
      const sorted = found.toSorted((a, b) => compare(a, b) || a.uid - b.uid).map(({ uid }) => uid)
      assert.deepEqual(listed(await ask(`UID SORT (${by}) UTF-8 ${key}`), 'SORT'), sorted, `${by} ${key}`)
      const part = await ask(`UID SORT RETURN (PARTIAL 2:4) (${by}) UTF-8 ${key}`)
      const wanted = sorted.slice(1, 4)
      assert.match(part, wanted.length === 0 ? /PARTIAL \(2:4 NIL\)/ : /PARTIAL \(2:4 [\d:,]+\)/)
      assert.deepEqual(expanded(/PARTIAL \(2:4 ([\d:,]+)\)/.exec(part)?.[1]), wanted, `${by} ${key}`)
      const threads = await ask(`UID THREAD ${round % 2 === 0 ? 'REFERENCES' : 'ORDEREDSUBJECT'} UTF-8 ${key}`)
      const members = (/\* THREAD(.*)/.exec(threads)?.[1]?.match(/\d+/g) ?? []).map(Number)
      assert.deepEqual(
        members.sort((a, b) => a - b),
        uids,
        key,
      )
    }
  })
}

async function fill(place: ImapPlace, random: Random): Promise<Message[]> {
  const messages: Message[] = []
  const mailbox = await place.store.mailbox(1, 'INBOX')
  for (let uid = 1; uid <= 90; uid += 1) {
    const subject = Array.from({ length: 1 + random(3) }, () => pick(words, random)).join(' ')
    const from = pick(people, random)
    const body = Array.from({ length: random(6) }, () => pick(words, random)).join('\r\n')
    const sentMs = firstDay + random(60) * (dayMs / 2)
    const internalMs = firstDay + random(40) * dayMs + random(dayMs)
    const references = random(3) === 0 ? `References: <m${random(90)}@x> <m${random(90)}@x>\r\n` : ''
    const header = `Message-ID: <m${uid}@x>\r\n${references}From: ${from}\r\nSubject: ${subject}\r\nDate: ${dateOf(sentMs)}\r\n`
    const text = `${header}\r\n${body}`
    await using writer = place.store.spool.open()
    await writer.write(Buffer.from(text, 'latin1'))
    await using message = await writer.finish()
    await place.store.append(1, mailbox?.mailboxId ?? 0, [
      { message, flags: 0, keywords: '', internalDate: internalMs },
    ])
    messages.push({ uid, subject, from, body, sentMs, internalMs, sizeBytes: text.length, flags: new Set() })
  }
  const client = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
  for (const flag of flags.slice(0, 3)) {
    for (const message of messages) if (random(3) === 0) message.flags.add(flag.toUpperCase())
    const uids = messages.filter(message => message.flags.has(flag.toUpperCase())).map(({ uid }) => uid)
    client.send(`t UID STORE ${uids.join(',')} +FLAGS.SILENT (\\${flag})\r\n`)
    assert.match(await client.receive(), /^t OK/m)
  }
  client.end()
  return messages
}

/** Two messages go, from the mailbox and from the model. */
async function expunge(ask: (line: string) => Promise<string>, messages: Message[], random: Random): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    const [gone] = messages.splice(random(messages.length), 1)
    await ask(`UID STORE ${gone?.uid} +FLAGS.SILENT (\\Deleted)`)
    await ask(`UID EXPUNGE ${gone?.uid}`)
  }
}

function randomKey(random: Random, depth: number, messages: readonly Message[]): readonly [string, Filter] {
  switch (random(depth > 0 ? 14 : 11)) {
    case 0: {
      const flag = pick(flags, random).toUpperCase()
      return [flag, ({ flags }) => flags.has(flag)]
    }
    case 1: {
      const flag = pick(flags, random).toUpperCase()
      return [`UN${flag}`, ({ flags }) => !flags.has(flag)]
    }
    case 2: {
      const word = pick(words, random)
      return [`SUBJECT ${word}`, ({ subject }) => holds(subject, word)]
    }
    case 3: {
      const text = pick(['ann', 'Y.TEST', 'carl p', '@', 'nobody'], random)
      return [`FROM "${text}"`, ({ from }) => holds(from, text)]
    }
    case 4: {
      const word = pick(words, random)
      return [`BODY ${word}`, ({ body }) => holds(body, word)]
    }
    case 5: {
      const word = pick(words, random)
      return [`HEADER Subject "${word} ${word}"`, ({ subject }) => holds(subject, `${word} ${word}`)]
    }
    case 6: {
      const day = firstDay + random(40) * dayMs
      const [name, filter] = pick<readonly [string, (ms: number) => boolean]>(
        [
          ['BEFORE', ms => ms < day],
          ['SINCE', ms => ms >= day],
          ['ON', ms => ms >= day && ms < day + dayMs],
        ],
        random,
      )
      if (random(2) === 0) return [`${name} ${imapDay(day)}`, ({ internalMs }) => filter(internalMs)]
      return [`SENT${name} ${imapDay(day)}`, ({ sentMs }) => filter(sentMs)]
    }
    case 7: {
      const size = 100 + random(120)
      return random(2) === 0
        ? [`LARGER ${size}`, ({ sizeBytes }) => sizeBytes > size]
        : [`SMALLER ${size}`, ({ sizeBytes }) => sizeBytes < size]
    }
    case 8: {
      const [low, high] = [1 + random(messages.length), 1 + random(messages.length)].sort((a, b) => a - b) as [
        number,
        number,
      ]
      return [`${high}:${low}`, (_message, number) => number >= low && number <= high]
    }
    case 9: {
      const [low, high] = [1 + random(95), 1 + random(95)].sort((a, b) => a - b) as [number, number]
      return [`UID ${low}:${high}`, ({ uid }) => uid >= low && uid <= high]
    }
    case 10: {
      // Of the clock's 1 January 2026, 00:00.
      const days = 1 + random(30)
      const then = Date.UTC(2026, 0, 1) - days * dayMs
      return random(2) === 0
        ? [`OLDER ${days * 86_400}`, ({ internalMs }) => internalMs <= then]
        : [`YOUNGER ${days * 86_400}`, ({ internalMs }) => internalMs >= then]
    }
    case 11: {
      const [key, filter] = randomKey(random, depth - 1, messages)
      return [`NOT ${key}`, (message, number) => !filter(message, number)]
    }
    case 12: {
      const [left, one] = randomKey(random, depth - 1, messages)
      const [right, other] = randomKey(random, depth - 1, messages)
      return [`OR ${left} ${right}`, (message, number) => one(message, number) || other(message, number)]
    }
    default: {
      const [left, one] = randomKey(random, depth - 1, messages)
      const [right, other] = randomKey(random, depth - 1, messages)
      return [`(${left} ${right})`, (message, number) => one(message, number) && other(message, number)]
    }
  }
}

function randomOrder(random: Random): readonly [string, (a: Message, b: Message) => number] {
  const orders: readonly (readonly [string, (a: Message, b: Message) => number])[] = [
    ['ARRIVAL', (a, b) => a.internalMs - b.internalMs],
    ['DATE', (a, b) => a.sentMs - b.sentMs],
    ['SIZE', (a, b) => a.sizeBytes - b.sizeBytes],
    ['SUBJECT', (a, b) => order(a.subject.toUpperCase(), b.subject.toUpperCase())],
    ['FROM', (a, b) => order(localPart(a.from), localPart(b.from))],
  ]
  const [first, compareFirst] = pick(orders, random)
  const [second, compareSecond] = pick(orders, random)
  return [`REVERSE ${first} ${second}`, (a, b) => -compareFirst(a, b) || compareSecond(a, b)]
}

function listed(answer: string, name: string): readonly number[] {
  const line = new RegExp(`^\\* ${name}((?: \\d+)*)\r$`, 'm').exec(answer)
  assert.ok(line, answer)
  return (line[1] ?? '').split(' ').filter(Boolean).map(Number)
}

function item(answer: string, name: string): string | undefined {
  return new RegExp(`ESEARCH .* ${name} ([\\d:,]+)`).exec(answer)?.[1]
}

function expanded(set: string | undefined): readonly number[] {
  return (set ?? '')
    .split(',')
    .filter(Boolean)
    .flatMap(range => {
      const [from = 0, to = from] = range.split(':').map(Number)
      return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    })
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

function localPart(from: string): string {
  return /([a-z]+)@/.exec(from)?.[1]?.toUpperCase() ?? ''
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function dateOf(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000')
}

function imapDay(ms: number): string {
  const [, day, month, year] = new Date(ms).toUTCString().split(' ')
  return `${day}-${month}-${year}`
}

function pick<T>(list: readonly T[], random: Random): T {
  const picked = list[random(list.length)]
  assert.ok(picked !== undefined)
  return picked
}

function generator(seed: number): Random {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
