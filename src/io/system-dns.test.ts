import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Answer } from './dns.ts'
import { inquire } from './dns-inquiry.ts'
import { manualClock } from './manual-clock.ts'
import { systemRandom } from './random.ts'
import { systemDns } from './system-dns.ts'

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

const types = { a: 1, cname: 5, ptr: 12, mx: 15, txt: 16, aaaa: 28, tlsa: 52 } as const
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

const found = <R>(records: readonly R[], name = 'example.test') => ({
  kind: 'found',
  records,
  name,
  isAuthentic: false,
})

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
    { type: 'tlsa', data: Buffer.from('030101abcd', 'hex') },
  ]
  await using resolver = await resolverThat(question => {
    asked.push(question.toString('latin1'))
    return answering(question, records)
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.pointers('192.0.2.7'), found(['mail.example.test'], '7.2.0.192.in-addr.arpa'))
  assert.ok(asked[0]?.includes('\x017\x012\x010\x03192\x07in-addr\x04arpa'))
  assert.deepEqual(await dns.addresses('example.test'), found(['192.0.2.1', '2001:db8::1']))
  assert.deepEqual(await dns.addresses('example.test', 4), found(['192.0.2.1']))
  assert.deepEqual(await dns.addresses('example.test', 6), found(['2001:db8::1']))
  assert.deepEqual(
    await dns.exchangers('example.test'),
    found([
      { host: 'mx.example.test', preference: 10 },
      { host: '', preference: 20 },
    ]),
  )
  assert.deepEqual(await dns.texts('example.test'), found(['v=spf1 -all', 'other']))
  assert.deepEqual(await dns.aliases('example.test'), found(['host.example.test']))
  const tlsa = await dns.tlsa('example.test')
  assert.deepEqual(tlsa, found([{ usage: 3, selector: 1, matching: 1, data: Uint8Array.from([0xab, 0xcd]) }]))
})

const failures: readonly (readonly [
  why: string,
  answer: (question: Buffer) => Buffer | undefined,
  wanted: Answer<never>,
])[] = [
  ['a name that does not exist has none', failing(3), { kind: 'none', nameExists: false, isAuthentic: false }],
  [
    'a name without such a record has none',
    question => answering(question, []),
    { kind: 'none', nameExists: true, isAuthentic: false },
  ],
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
  assert.deepEqual(await dns.addresses('example.test'), found(['192.0.2.1']))
  await using none = await resolverThat(question => failing(typeAsked(question) === types.aaaa ? 2 : 3)(question))
  const unsure = systemDns({ server: '127.0.0.1', port: none.port, timeoutMs: 10_000 })
  assert.deepEqual(await unsure.addresses('example.test'), { kind: 'unknown' })
})

test('what is no address has no names', async () => {
  const dns = systemDns({ server: '127.0.0.1', port: 9, timeoutMs: 10_000 })
  assert.deepEqual(await dns.pointers('not an address'), { kind: 'none', nameExists: false, isAuthentic: false })
})

const four: Record = { type: 'a', data: Buffer.from([192, 0, 2, 1]) }

/** The answer as one that DNSSEC vouches for. */
function vouched(reply: Buffer): Buffer {
  reply.writeUInt16BE(reply.readUInt16BE(2) | 0x20, 2)
  return reply
}

test('an answer is remembered for its time, and then asked for anew', async () => {
  let questions = 0
  await using resolver = await resolverThat(question => {
    questions += 1
    return answering(question, [four])
  })
  const clock = manualClock()
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000, clock })
  await dns.addresses('example.test', 4)
  await dns.addresses('Example.Test.', 4)
  clock.advance(59_999)
  await dns.addresses('example.test', 4)
  assert.equal(questions, 1)
  clock.advance(1)
  await dns.addresses('example.test', 4)
  assert.equal(questions, 2)
})

test('what is to be forgotten is asked for anew: a domain and its mail hosts, and nothing else', async () => {
  let asked = 0
  await using resolver = await resolverThat(question => {
    asked += 1
    return answering(question, [four, mx(10, 'mx.example.test')])
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000, clock: manualClock() })
  const all = async () => {
    asked = 0
    await dns.exchangers('example.test')
    for (const name of ['example.test', 'mx.example.test', 'other.test']) await dns.addresses(name, 4)
    return asked
  }
  assert.deepEqual([await all(), await all()], [4, 0])
  dns.forget?.('Example.Test.')
  assert.deepEqual([await all(), await all()], [3, 0])
})

test('those that ask the same at once ask once, and hear the same', async () => {
  let questions = 0
  await using resolver = await resolverThat(question => {
    questions += 1
    return answering(question, [four])
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  const answers = await Promise.all(Array.from({ length: 100 }, () => dns.addresses('example.test', 4)))
  assert.equal(questions, 1)
  assert.ok(answers.every(answer => answer.kind === 'found'))
})

test('a failure is not remembered', async () => {
  let questions = 0
  await using resolver = await resolverThat(question => {
    questions += 1
    return questions === 1 ? failing(2)(question) : answering(question, [four])
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.addresses('example.test', 4), { kind: 'unknown' })
  assert.equal((await dns.addresses('example.test', 4)).kind, 'found')
})

test('the AD bit of a resolver on this machine counts, that of another does not', async () => {
  await using resolver = await resolverThat(question => vouched(answering(question, [four])))
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.addresses('example.test', 4), { ...found(['192.0.2.1']), isAuthentic: true })
  const question = { name: 'example.test', type: 'A' } as const
  for (const isTrusted of [true, false]) {
    const servers = [{ address: '127.0.0.1', port: resolver.port, isTrusted }]
    const reply = await inquire(question, { servers, timeoutMs: 10_000, clock: manualClock(), random: systemRandom })
    assert.equal(reply?.isAuthentic, isTrusted)
  }
})

test('both families must be vouched for', async () => {
  await using resolver = await resolverThat(question => {
    const six: Record = { type: 'aaaa', data: Buffer.alloc(16, 1) }
    const reply = answering(question, [four, six])
    return typeAsked(question) === types.a ? vouched(reply) : reply
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  const both = await dns.addresses('example.test')
  assert.deepEqual(
    [both.kind === 'found' && both.records.length, both.kind === 'found' && both.isAuthentic],
    [2, false],
  )
})

test('a server that does not know EDNS is asked without', async () => {
  await using resolver = await resolverThat(question =>
    question.readUInt16BE(10) > 0 ? failing(1)(question) : answering(question, [four]),
  )
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.equal((await dns.addresses('example.test', 4)).kind, 'found')
})

test('octets that are no answer to the question are passed over', async () => {
  const socket = dgram.createSocket('udp4')
  using open = new DisposableStack()
  open.defer(() => void socket.close())
  socket.on('message', (question, from) => {
    const forged = answering(question, [{ type: 'a', data: Buffer.from([6, 6, 6, 6]) }])
    forged.writeUInt16BE(forged.readUInt16BE(0) ^ 1, 0)
    const other = answering(question, [{ type: 'a', data: Buffer.from([6, 6, 6, 6]) }])
    other[13] = 0x7a
    for (const reply of [forged, other, Buffer.from('x'), answering(question, [four])])
      socket.send(reply, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const dns = systemDns({ server: '127.0.0.1', port: socket.address().port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.addresses('example.test', 4), found(['192.0.2.1']))
})

test('while one server is silent, the next is asked', async () => {
  await using resolver = await resolverThat(question => answering(question, [four]))
  await using silent = await resolverThat(() => undefined)
  const clock = manualClock()
  const servers = [silent, resolver].map(({ port }) => ({ address: '127.0.0.1', port, isTrusted: false }))
  const question = { name: 'example.test', type: 'A' } as const
  const reply = inquire(question, { servers, timeoutMs: 6_000, clock, random: systemRandom })
  clock.advance(1_000)
  assert.equal((await reply)?.records.length, 1)
})

test('a server that says no, or is not there, costs no time', async () => {
  await using resolver = await resolverThat(question => answering(question, [four]))
  await using refusing = await resolverThat(failing(5))
  const clock = manualClock()
  const servers = [1, refusing.port, resolver.port].map(port => ({ address: '127.0.0.1', port, isTrusted: false }))
  const question = { name: 'example.test', type: 'A' } as const
  const reply = await inquire(question, { servers, timeoutMs: 6_000, clock, random: systemRandom })
  assert.equal(reply?.records.length, 1)
  assert.equal(
    await inquire(question, { servers: servers.slice(0, 2), timeoutMs: 6_000, clock, random: systemRandom }),
    undefined,
  )
})

test('an answer that is too long for UDP comes by TCP, in pieces too', async () => {
  const texts: Record[] = Array.from({ length: 40 }, (_, at) => ({
    type: 'txt',
    data: strings('x'.repeat(100), `${at}`),
  }))
  using open = new DisposableStack()
  const server = net.createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', (read: Buffer) => {
      const reply = answering(read.subarray(2), texts)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(reply.length)
      const whole = Buffer.concat([length, reply])
      for (let at = 0; at < whole.length; at += 997) socket.write(whole.subarray(at, at + 997))
    })
  })
  open.defer(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address is never text
  const socket = dgram.createSocket('udp4')
  open.defer(() => void socket.close())
  socket.on('message', (question, from) => {
    const reply = answering(question, [])
    reply.writeUInt16BE(reply.readUInt16BE(2) | 0x200, 2)
    socket.send(reply, from.port, from.address)
  })
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  const dns = systemDns({ server: '127.0.0.1', port, timeoutMs: 10_000 })
  const answer = await dns.texts('example.test')
  assert.equal(answer.kind === 'found' && answer.records.length, 40)
  assert.equal(answer.kind === 'found' && answer.records[39], `${'x'.repeat(100)}39`)
})

test('a server that cuts TCP off as well knows nothing', async () => {
  await using resolver = await resolverThat(question => {
    const reply = answering(question, [])
    reply.writeUInt16BE(reply.readUInt16BE(2) | 0x200, 2)
    return reply
  })
  const dns = systemDns({ server: '127.0.0.1', port: resolver.port, timeoutMs: 10_000 })
  assert.deepEqual(await dns.texts('example.test'), { kind: 'unknown' })
})

test('a thousand questions at once are all answered, a few at a time', async () => {
  let [underWay, most] = [0, 0]
  const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
  using open = new DisposableStack()
  open.defer(() => void socket.close())
  socket.on('message', (question, from) => {
    underWay += 1
    most = Math.max(most, underWay)
    setImmediate(() => {
      underWay -= 1
      socket.send(answering(question, [four]), from.port, from.address)
    })
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const dns = systemDns({ server: '127.0.0.1', port: socket.address().port, timeoutMs: 60_000 })
  const names = Array.from({ length: 1000 }, (_, at) => `d${at}.test`)
  const answers = await Promise.all(names.map(name => dns.addresses(name, 4)))
  assert.ok(answers.every(({ kind }) => kind !== 'unknown'))
  assert.ok(most <= 200, `${most} at once`)
})
