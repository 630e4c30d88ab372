import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, AUTHENTIC_DATA, encode, TRUNCATED_RESPONSE } from 'dns-packet'
import { type DnsQuestion, type DnsReply, isQuestionName, questionOctets, readReply } from './dns-answer.ts'
import { limits } from './limits.ts'
import { seededRandom } from './seeded-random.ts'

const asked: DnsQuestion = { name: 'far.test', type: 'A' }
const id = 0x1234

interface Told {
  readonly code?: number
  readonly flags?: number
  readonly answers?: readonly Answer[]
  readonly authorities?: readonly Answer[]
  readonly name?: string
  readonly type?: DnsQuestion['type']
  readonly id?: number
  readonly isQuery?: boolean
  readonly withoutQuestion?: boolean
}

function told({
  code = 0,
  flags = 0,
  answers = [],
  authorities = [],
  name = 'far.test',
  type = 'A',
  ...more
}: Told): Buffer {
  return encode({
    type: more.isQuery === true ? 'query' : 'response',
    id: more.id ?? id,
    flags: flags | code,
    questions: more.withoutQuestion === true ? [] : [{ name, type }],
    answers: [...answers],
    authorities: [...authorities],
  })
}

const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl })
const cname = (name: string, data: string, ttl = 60): Answer => ({ type: 'CNAME', name, data, ttl })
const soa = (ttl: number, minimum: number): Answer =>
  ({ type: 'SOA', name: 'far.test', ttl, data: { mname: 'ns.far.test', rname: 'h.far.test', minimum } }) as Answer // its types lack SOA

const facts = (reply: DnsReply | undefined) =>
  reply?.kind === 'answer'
    ? `${reply.records.join(' ')} of ${reply.name}, ${reply.nameExists ? '' : 'no name, '}${reply.isAuthentic ? 'authentic, ' : ''}${reply.rememberMs / 1000} s`
    : reply?.kind

const cases: readonly (readonly [why: string, told: Told, wanted: string | undefined])[] = [
  [
    'records',
    { answers: [a('far.test', '192.0.2.1'), a('far.test', '192.0.2.2', 30)] },
    '192.0.2.1 192.0.2.2 of far.test, 30 s',
  ],
  ['in any case', { name: 'Far.TEST', answers: [a('FAR.test', '192.0.2.1')] }, '192.0.2.1 of far.test, 60 s'],
  [
    'at the end of aliases, for as long as the shortest says',
    { answers: [cname('far.test', 'B.test', 20), cname('b.test', 'c.test', 10), a('c.test', '192.0.2.1')] },
    '192.0.2.1 of c.test, 10 s',
  ],
  ['in any order', { answers: [a('c.test', '192.0.2.1'), cname('far.test', 'c.test')] }, '192.0.2.1 of c.test, 60 s'],
  ['of others are none', { answers: [a('other.test', '192.0.2.1')] }, ' of far.test, 0 s'],
  ['aliases that go round', { answers: [cname('far.test', 'b.test'), cname('b.test', 'far.test')] }, 'failure'],
  [
    'an alias to nowhere',
    { code: 3, answers: [cname('far.test', 'b.test')], authorities: [soa(60, 60)] },
    ' of b.test, no name, 60 s',
  ],
  ['none, for as long as the zone says', { authorities: [soa(200, 100)] }, ' of far.test, 100 s'],
  [
    'none, and no longer than the record itself',
    { code: 3, authorities: [soa(50, 100)] },
    ' of far.test, no name, 50 s',
  ],
  [
    'none for ever is none for a while',
    { authorities: [soa(1e6, 1e6)] },
    ` of far.test, ${limits.dnsRememberNoneMs / 1000} s`,
  ],
  ['none without a word about it', { code: 3 }, ' of far.test, no name, 0 s'],
  [
    'for ever is for a while',
    { answers: [a('far.test', '192.0.2.1', 1e6)] },
    `192.0.2.1 of far.test, ${limits.dnsRememberMs / 1000} s`,
  ],
  [
    'a lifetime below zero is none',
    { answers: [a('far.test', '192.0.2.1', 0x80000000)] },
    '192.0.2.1 of far.test, 0 s',
  ],
  [
    'vouched for',
    { flags: AUTHENTIC_DATA, answers: [a('far.test', '192.0.2.1')] },
    '192.0.2.1 of far.test, authentic, 60 s',
  ],
  ['cut off', { flags: TRUNCATED_RESPONSE, answers: [a('far.test', '192.0.2.1')] }, 'truncated'],
  ['a failure', { code: 2 }, 'failure'],
  ['a refusal', { code: 5 }, 'failure'],
  ['a server that does not know EDNS', { code: 1 }, 'without-edns'],
  ['and says no more', { code: 1, withoutQuestion: true }, 'without-edns'],
  ['no question', { withoutQuestion: true, answers: [a('far.test', '192.0.2.1')] }, undefined],
  ['another number', { id: id + 1, answers: [a('far.test', '192.0.2.1')] }, undefined],
  ['another name', { name: 'near.test', answers: [a('near.test', '192.0.2.1')] }, undefined],
  ['another type', { type: 'AAAA' }, undefined],
  ['a question', { isQuery: true }, undefined],
]

describe('a reply of DNS', () => {
  for (const [why, what, wanted] of cases)
    test(`${why}: ${wanted}`, () => assert.equal(facts(readReply(told(what), asked, id)), wanted))

  test('more records than any honest name has are cut', () => {
    const answers = Array.from({ length: limits.dnsRecords + 1 }, (_, at) => a('far.test', `192.0.2.${at}`))
    const reply = readReply(told({ answers }), asked, id)
    assert.equal(reply?.kind === 'answer' && reply.records.length, limits.dnsRecords)
  })

  test('octets of any kind are read, or passed over', () => {
    const tlsa: Answer = {
      type: 'TLSA',
      name: 'far.test',
      data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32) },
    }
    const txt: Answer = { type: 'TXT', name: 'far.test', data: ['v=spf1', '-all'] }
    const whole = told({
      answers: [cname('far.test', 'b.test'), a('b.test', '192.0.2.1'), tlsa, txt],
      authorities: [soa(1, 1)],
    })
    const random = seededRandom(7)
    for (let round = 0; round < 20_000; round += 1) {
      const broken = Buffer.from(
        whole.subarray(0, round % 3 === 0 ? (random.bytes(1)[0] ?? 0) % whole.length : whole.length),
      )
      for (const [at = 0, value = 0] of [random.bytes(2), random.bytes(2), random.bytes(2)])
        if (broken.length > 0) broken[2 + (at % broken.length)] = value
      readReply(broken, asked, id)
    }
  })

  test('a question asks for recursion and the AD bit, with EDNS or without', () => {
    const [long, short] = [questionOctets(asked, id, true), questionOctets(asked, id, false)]
    assert.equal(short.toString('hex'), '123401200001000000000000036661720474657374000001' + '0001')
    assert.equal(long.length, short.length + 11)
    assert.equal(long.readUInt16BE(short.length + 3), limits.dnsUdpBytes)
  })

  const names: readonly (readonly [name: string, wanted: boolean])[] = [
    ['far.test', true],
    ['_25._tcp.mx.far.test', true],
    ['', false],
    ['a..b', false],
    [`${'a'.repeat(63)}.test`, true],
    [`${'a'.repeat(64)}.test`, false],
    [`${'ä'.repeat(32)}.test`, false],
    [Array.from({ length: 127 }, () => 'a').join('.'), true],
    [Array.from({ length: 128 }, () => 'a').join('.'), false],
  ]
  for (const [name, wanted] of names)
    test(`a question about ${JSON.stringify(name.slice(0, 20))}: ${wanted}`, () =>
      assert.equal(isQuestionName(name), wanted))
})
