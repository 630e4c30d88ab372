import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { type Answer, systemDns } from './dns.ts'

/** A resolver on 127.0.0.1 that answers every question by `answer`, or not at all. */
async function resolverThat(answer: (question: Buffer) => Buffer | undefined) {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (question, from) => {
    const reply = answer(question)
    if (reply !== undefined) socket.send(reply, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { port: socket.address().port, [Symbol.asyncDispose]: async () => void socket.close() }
}

const types = { a: 1, cname: 5, ptr: 12, mx: 15, txt: 16, aaaa: 28 } as const
type Type = keyof typeof types
interface Record {
  readonly type: Type
  readonly data: Buffer
}

function labels(name: string): Buffer {
  const words = name === '' ? [] : name.split('.')
  return Buffer.concat([
    ...words.map(word => Buffer.from(`${String.fromCharCode(word.length)}${word}`)),
    Buffer.from([0]),
  ])
}

function strings(...texts: readonly string[]): Buffer {
  return Buffer.concat(texts.map(text => Buffer.from(`${String.fromCharCode(text.length)}${text}`)))
}

function questionEnd(question: Buffer): number {
  return question.indexOf(0, 12) + 5
}

function typeAsked(question: Buffer): number {
  return question.readUInt16BE(questionEnd(question) - 4)
}

/** The reply with those of the records that are of the type asked for; with none of them "no such record". */
function answering(question: Buffer, records: readonly Record[]): Buffer {
  const fitting = records.filter(({ type }) => types[type] === typeAsked(question))
  const header = Buffer.from(question.subarray(0, 12))
  header.writeUInt16BE(0x8180, 2)
  header.writeUInt16BE(fitting.length, 6)
  header.writeUInt16BE(0, 10)
  const printed = fitting.map(({ type, data }) =>
    Buffer.concat([Buffer.from([0xc0, 12, 0, types[type], 0, 1, 0, 0, 0, 60, data.length >> 8, data.length]), data]),
  )
  return Buffer.concat([header, question.subarray(12, questionEnd(question)), ...printed])
}

function failing(code: number) {
  return (question: Buffer) => {
    const reply = Buffer.from(question)
    reply.writeUInt16BE(0x8180 + code, 2)
    return reply
  }
}

const mx = (preference: number, host: string): Record => ({
  type: 'mx',
  data: Buffer.concat([Buffer.from([0, preference]), labels(host)]),
})

test('each question brings its own records from the resolver that was set', async () => {
  const asked: string[] = []
  const records: readonly Record[] = [
    { type: 'ptr', data: labels('mail.example.test') },
    { type: 'a', data: Buffer.from([192, 0, 2, 1]) },
    { type: 'aaaa', data: Buffer.from('20010db8000000000000000000000001', 'hex') },
    mx(10, 'mx.example.test'),
    mx(20, ''),
    { type: 'txt', data: strings('v=spf1 ', '-all') },
    { type: 'txt', data: strings('other') },
    { type: 'cname', data: labels('host.example.test') },
  ]
  await using resolver = await resolverThat(question => {
    asked.push(question.toString('latin1'))
    return answering(question, records)
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.pointers('192.0.2.7'), { kind: 'found', records: ['mail.example.test'] })
  assert.ok(asked[0]?.includes('\x017\x012\x010\x03192\x07in-addr\x04arpa'))
  assert.deepEqual(await dns.addresses('example.test'), { kind: 'found', records: ['192.0.2.1', '2001:db8::1'] })
  assert.deepEqual(await dns.addresses('example.test', 4), { kind: 'found', records: ['192.0.2.1'] })
  assert.deepEqual(await dns.addresses('example.test', 6), { kind: 'found', records: ['2001:db8::1'] })
  assert.deepEqual(await dns.exchangers('example.test'), {
    kind: 'found',
    records: [
      { host: 'mx.example.test', preference: 10 },
      { host: '', preference: 20 },
    ],
  })
  assert.deepEqual(await dns.texts('example.test'), { kind: 'found', records: ['v=spf1 -all', 'other'] })
  assert.deepEqual(await dns.aliases('example.test'), { kind: 'found', records: ['host.example.test'] })
})

const failures: readonly (readonly [
  why: string,
  answer: (question: Buffer) => Buffer | undefined,
  wanted: Answer<never>,
])[] = [
  ['a name that does not exist has none', failing(3), { kind: 'none', nameExists: false }],
  ['a name without such a record has none', question => answering(question, []), { kind: 'none', nameExists: true }],
  ['a resolver that fails knows nothing', failing(2), { kind: 'unknown' }],
  ['a resolver that is silent knows nothing', () => undefined, { kind: 'unknown' }],
]
for (const [why, answer, wanted] of failures) {
  test(why, async () => {
    await using resolver = await resolverThat(answer)
    const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: wanted.kind === 'none' ? 10_000 : 40 })
    assert.deepEqual(await dns.pointers('192.0.2.7'), wanted)
    assert.deepEqual(await dns.addresses('example.test'), wanted)
    assert.deepEqual(await dns.exchangers('example.test'), wanted)
    assert.deepEqual(await dns.texts('example.test'), wanted)
    assert.deepEqual(await dns.aliases('example.test'), wanted)
  })
}

test('addresses of one family are enough; without the other family an absence is not certain', async () => {
  const four: readonly Record[] = [{ type: 'a', data: Buffer.from([192, 0, 2, 1]) }]
  await using half = await resolverThat(question =>
    typeAsked(question) === types.aaaa ? failing(2)(question) : answering(question, four),
  )
  const dns = systemDns({ server: '127.0.0.1', port: half.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.addresses('example.test'), { kind: 'found', records: ['192.0.2.1'] })
  await using none = await resolverThat(question => failing(typeAsked(question) === types.aaaa ? 2 : 3)(question))
  const unsure = systemDns({ server: '127.0.0.1', port: none.port, timeoutMs: 10_000 })
  assert.deepEqual(await unsure.addresses('example.test'), { kind: 'unknown' })
})

test('what is no address has no names', async () => {
  const dns = systemDns({ server: '127.0.0.1', port: 9, timeoutMs: 10_000 })
  assert.deepEqual(await dns.pointers('not an address'), { kind: 'none', nameExists: false })
})
