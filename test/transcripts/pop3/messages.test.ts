// Whole messages by RETR and TOP, over a store of their own: octet for octet, in few reads.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { surrogateOf } from '#mail/surrogate.ts'
import { openMaildrop } from '#pop3/maildrop.ts'
import { MessageSource } from '#pop3/message-source.ts'
import { update } from '#pop3/quit.ts'
import { unguarded } from '#retrieval/retrieval.ts'
import type { Store } from '#store/store.ts'
import { type Pop3Place, pop3Place } from './place.ts'

const logIn = 'LANG en\r\nUSER alice\r\nPASS secret\r\n'
const logInUtf8 = logIn.replace('LANG en', 'UTF8')
const greeting = 4 // lines before the first answer

/** Messages that have been trouble somewhere. */
function troublesome(): readonly Buffer[] {
  const corpus = join(import.meta.dirname, '../../corpus')
  const files = readdirSync(corpus).filter(name => name.endsWith('.eml'))
  const long = 'A line of a large message, which is sent in pieces.\r\n.\r\n..\r\n'
  return [
    ...files.map(name => readFileSync(join(corpus, name))),
    Buffer.from('\r\n'),
    Buffer.from('.'),
    Buffer.from('.\r\n.\r\n.\r\n'),
    Buffer.from('Subject: NUL, and no end\r\n\r\na\0b\n.c\r'),
    Buffer.from('Subject: bare LF\n\n.\nend\n'),
    Buffer.alloc(4000, 'Subject: x\r\n.\r\n'),
    Buffer.from('Subject: \xfc, and no end', 'latin1'),
    Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\nX-Large: ü\r\n\r\n${long.repeat(6_000)}--b\r\nX-Late: ü\r\n\r\nü`,
    ),
    Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${long.repeat(6_000)}--b\r\nX-Last: ü`),
    Buffer.from(long.repeat(12_345)),
    Buffer.alloc(131_072, '.\r\n'),
    Buffer.alloc(131_073, 'dots\r\n.'),
  ]
}

/** The messages in the answers to so many RETR, as a client unpacks them; an answer without message is undefined. */
function unpack(answers: string, count: number): readonly (Buffer | undefined)[] {
  const messages: (Buffer | undefined)[] = []
  let at = 0
  while (messages.length < count) {
    const end = answers.indexOf('\r\n', at) + 2
    const octets = /^\+OK (\d+) octets/.exec(answers.slice(at, end))?.[1]
    at = end
    if (octets === undefined) {
      messages.push(undefined)
      continue
    }
    const stop = answers.startsWith('.\r\n', at) ? at - 2 : answers.indexOf('\r\n.\r\n', at)
    const body = answers.slice(at, stop + 2).replace(/(^|\n)\./g, '$1')
    messages.push(Buffer.from(body, 'latin1'))
    assert.equal(body.length, Number(octets), `size of message ${messages.length}`)
    at = stop + 5
  }
  assert.equal(at, answers.length)
  return messages
}

/** RETR's last line has an end, whatever the message has: its size counts it. */
function withEnd(message: Buffer): Buffer {
  return message.subarray(-2).equals(Buffer.from('\r\n')) ? message : Buffer.concat([message, Buffer.from('\r\n')])
}

async function ask(place: Pop3Place, commands: string, begin = logIn): Promise<string> {
  const client = place.connect()
  client.send(begin + commands)
  const said = await client.receive()
  client.end()
  await client.receive()
  let at = 0
  for (let lines = 0; lines < greeting; lines += 1) at = said.indexOf('\n', at) + 1
  return said.slice(at)
}

const orders: readonly [name: string, order: (numbers: number[]) => number[]][] = [
  ['ascending', numbers => numbers],
  ['descending', numbers => numbers.toReversed()],
  ['each twice', numbers => numbers.flatMap(number => [number, number])],
  ['with gaps', numbers => numbers.filter(number => number % 3 > 0)],
]

const modes: readonly [mode: string, begin: string, sentFor: (message: Buffer) => Buffer][] = [
  ['with UTF8', logInUtf8, message => message],
  ['as surrogates without it', logIn, message => Buffer.from(surrogateOf(message) ?? message)],
]

for (const [mode, begin, sentFor] of modes) {
  test(`pop3: every message arrives octet for octet, ${mode}, with the size of LIST, in whatever order`, async () => {
    await using place = await pop3Place()
    const messages = troublesome()
    for (const message of messages) await place.deliver(1, message)
    const sent = messages.map(message => withEnd(sentFor(message)))
    for (const [name, order] of orders) {
      const numbers = order(messages.map((_, index) => index + 1))
      const answers = await ask(place, numbers.map(number => `RETR ${number}\r\n`).join(''), begin)
      for (const [index, got] of unpack(answers, numbers.length).entries()) {
        const number = numbers[index] ?? 0
        assert.ok(got?.equals(sent[number - 1] ?? Buffer.alloc(0)), `message ${number}, ${name}`)
      }
    }
    const listed = await ask(place, 'LIST\r\n', begin)
    const sizes = listed.split('\r\n').slice(1, -2)
    assert.deepEqual(
      sizes,
      sent.map((message, index) => `${index + 1} ${message.length}`),
    )
  })
}

test('pop3: headers are looked at once, by the first login without UTF8', async () => {
  await using place = await pop3Place()
  const large = `X-Large: ü\r\n\r\n${'ü\r\n'.repeat(50_000)}`
  const messages = ['Subject: ü\r\n\r\n', 'Subject: u\r\n\r\nü', 'Subject: u\r\n\r\nu\r\n', large].map(text =>
    Buffer.from(text),
  )
  for (const message of messages) await place.deliver(1, message)
  const unknown = new Map([...(await place.store.surrogates(1))].map(([messageId]) => [messageId, -1]))
  assert.equal(unknown.size, 3)
  await ask(place, 'LIST\r\n', logInUtf8)
  assert.deepEqual(await place.store.surrogates(1), unknown)
  const octets = messages.map(message => withEnd(Buffer.from(surrogateOf(message) ?? message)).length)
  const listing = `${octets.map((size, index) => `${index + 1} ${size}`).join('\r\n')}\r\n.\r\n`
  assert.ok((await ask(place, 'LIST\r\n')).endsWith(listing))
  const [first, , , fourth] = octets
  assert.deepEqual([...(await place.store.surrogates(1)).values()], [first, fourth])
  const before = place.reads
  assert.ok((await ask(place, 'LIST\r\n')).endsWith(listing))
  const again = place.reads - before
  const other = place.reads
  await ask(place, 'LIST\r\n', logInUtf8)
  assert.equal(again, place.reads - other + 1, 'one more read than with UTF8')
})

test('pop3: TOP of a large message gives its beginning, as RETR does', async () => {
  await using place = await pop3Place()
  const lines = `${'x'.repeat(98)}\r\n`
  await place.deliver(1, Buffer.from(`Subject: large\r\n\r\n${lines.repeat(5000)}`))
  for (const count of [0, 1, 1310, 1311, 4999, 5000, 9999]) {
    const answer = await ask(place, `TOP 1 ${count}\r\n`)
    const wanted = `Subject: large\r\n\r\n${lines.repeat(Math.min(count, 5000))}.\r\n`
    assert.ok(answer.startsWith('+OK'))
    assert.ok(answer.slice(answer.indexOf('\n') + 1) === wanted, `TOP 1 ${count}`)
  }
})

test('pop3: one message after the other is read in few reads of the database, deleted ones left out', async () => {
  await using place = await pop3Place()
  for (let number = 1; number <= 500; number += 1) await place.deliver(1, Buffer.from(`Subject: ${number}\r\n\r\n`))
  const numbers = Array.from({ length: 500 }, (_, index) => index + 1)
  const before = place.reads
  const answers = await ask(place, numbers.map(number => `RETR ${number}\r\nDELE ${number}\r\n`).join(''))
  assert.ok(place.reads - before < 30, `${place.reads - before} reads`)
  const got = unpack(answers, 1000).filter(message => message !== undefined)
  assert.deepEqual(
    got.map(message => message.toString()),
    numbers.map(number => `Subject: ${number}\r\n\r\n`),
  )
})

const alice = { accountId: 1, address: 'alice@example.test', disabled: false, createdAt: 0 } as const

/** `store`, telling how many messages each bulk read asks for. */
function counting(store: Store, counts: number[]): Store {
  return new Proxy(store, {
    get(target, key) {
      if (key !== 'messagesInline') return Reflect.get(target, key).bind(target)
      return (accountId: number, ids: readonly number[]) => {
        counts.push(ids.length)
        return target.messagesInline(accountId, ids)
      }
    },
  })
}

test('pop3: what is read ahead is bounded, grows only for one message after the other, and leaves out what is deleted', async () => {
  await using place = await pop3Place()
  for (let number = 1; number <= 12; number += 1) await place.deliver(1, Buffer.alloc(60_000, 'x\r\n'))
  await using maildrop = await openMaildrop(place.store, alice, { utf8: false })
  assert.ok(maildrop)
  maildrop.mark(3)
  const counts: number[] = []
  const source = new MessageSource(counting(place.store, counts), maildrop)
  for (const number of [1, 2, 4, 5, 6]) await source.read(number)
  assert.deepEqual(counts, [4, 4], 'four of 60,000 octets at once')
  for (const number of [12, 11, 10]) await source.read(number)
  assert.deepEqual(counts.slice(2), [1, 1, 1])
})

test('pop3: after QUIT the maildrop is free before the client can know it', async () => {
  await using place = await pop3Place()
  await using maildrop = await openMaildrop(place.store, alice, { utf8: false })
  assert.ok(maildrop)
  assert.equal(await openMaildrop(place.store, alice, { utf8: false }), undefined)
  const admission = await unguarded.admit({
    account: alice,
    protocol: 'pop3',
    address: '192.0.2.1',
    onPinned: () => {},
  })
  assert.ok(admission.kind === 'welcome')
  const { store, log } = place
  await update({ store, retrieval: unguarded, log }, { maildrop, told: admission.session })
  await using next = await openMaildrop(place.store, alice, { utf8: false })
  assert.ok(next)
})

test('pop3: after a QUIT that failed the maildrop is free, too, before the client can know it', async () => {
  await using place = await pop3Place()
  await place.deliver(1, Buffer.from('Subject: x\r\n\r\n'))
  await using maildrop = await openMaildrop(place.store, alice, { utf8: false })
  assert.ok(maildrop)
  maildrop.mark(1)
  const told = { [Symbol.dispose]: () => {}, named: () => {}, took: () => {}, removed: () => {}, hid: () => {} }
  const retrieval = { onDelete: () => Promise.reject(new Error('a fault of ours')) }
  await assert.rejects(update({ store: place.store, retrieval, log: place.log }, { maildrop, told }), /a fault of ours/)
  await using next = await openMaildrop(place.store, alice, { utf8: false })
  assert.equal(next?.messages, 1)
})
