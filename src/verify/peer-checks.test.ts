import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import { manualClock } from '#io/manual-clock.ts'
import { type Blocklist, PeerChecks, type PeerFacts } from './peer-checks.ts'

const zen: Blocklist = { zone: 'bl.example', link: 'https://bl.example/?{address}' }
const other: Blocklist = { zone: 'other.example', link: undefined }

function checks(answers: FixedAnswers, blocklists: readonly Blocklist[] = []) {
  const clock = manualClock()
  const asked: string[] = []
  const fixed = fixedDns(answers)
  const dns = {
    ...fixed,
    pointers: (address: string) => {
      asked.push(address)
      return fixed.pointers(address)
    },
  }
  return { checks: new PeerChecks({ dns, clock, blocklists }), clock, asked }
}

const reverseTable: readonly (readonly [why: string, answers: FixedAnswers, wanted: Omit<PeerFacts, 'listed'>])[] = [
  [
    'a name that leads back',
    { pointers: { '8.8.8.8': ['DNS.Google'] }, addresses: { 'dns.google': ['8.8.4.4', '8.8.8.8'] } },
    { names: ['dns.google'], reverse: 'confirmed' },
  ],
  [
    'the second of two names leads back',
    { pointers: { '8.8.8.8': ['a.example', 'b.example'] }, addresses: { 'b.example': ['8.8.8.8'] } },
    { names: ['a.example', 'b.example'], reverse: 'confirmed' },
  ],
  [
    'a name that leads elsewhere',
    { pointers: { '8.8.8.8': ['liar.example'] }, addresses: { 'liar.example': ['9.9.9.9'] } },
    { names: ['liar.example'], reverse: 'unconfirmed' },
  ],
  ['no name', {}, { names: [], reverse: 'none' }],
  ['no answer', { pointers: { '8.8.8.8': 'unknown' } }, { names: [], reverse: 'unknown' }],
  [
    'a name of which nobody knows where it leads',
    { pointers: { '8.8.8.8': ['slow.example'] }, addresses: { 'slow.example': 'unknown' } },
    { names: ['slow.example'], reverse: 'unknown' },
  ],
  [
    'a name that would break the header is passed over',
    { pointers: { '8.8.8.8': ['a)\r\nX: y', 'good.example'] }, addresses: { 'good.example': ['8.8.8.8'] } },
    { names: ['good.example'], reverse: 'confirmed' },
  ],
]
for (const [why, answers, wanted] of reverseTable) {
  test(`reverse: ${why}`, async () => {
    assert.deepEqual(await checks(answers).checks.of('8.8.8.8'), { ...wanted, listed: undefined })
  })
}

test('an IPv6 address is the same in any writing', async () => {
  const answers = {
    pointers: { '2001:4860:4860::8888': ['dns.google'] },
    addresses: { 'dns.google': ['2001:4860:4860:0:0:0:0:8888'] },
  }
  assert.equal((await checks(answers).checks.of('2001:4860:4860::8888')).reverse, 'confirmed')
})

const nibbles = '8.8.8.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.8.4.0.6.8.4.1.0.0.2'
const listTable: readonly (readonly [
  why: string,
  address: string,
  answers: FixedAnswers,
  wanted: PeerFacts['listed'],
])[] = [
  [
    'a listed address, with the list’s words and link',
    '1.2.3.4',
    { addresses: { '4.3.2.1.bl.example': ['127.0.0.2'] }, texts: { '4.3.2.1.bl.example': ['Spam was sent'] } },
    { zone: 'bl.example', link: 'https://bl.example/?1.2.3.4', text: 'Spam was sent' },
  ],
  ['an unlisted one', '1.2.3.4', {}, undefined],
  [
    'the second list has it',
    '1.2.3.4',
    { addresses: { '4.3.2.1.other.example': ['127.0.0.4'] } },
    { zone: 'other.example', link: undefined, text: undefined },
  ],
  ['a list that gives an error', '1.2.3.4', { addresses: { '4.3.2.1.bl.example': ['127.255.255.254'] } }, undefined],
  ['a list whose domain was sold', '1.2.3.4', { addresses: { '4.3.2.1.bl.example': ['203.0.113.9'] } }, undefined],
  ['a list that does not answer', '1.2.3.4', { addresses: { '4.3.2.1.bl.example': 'unknown' } }, undefined],
  [
    'IPv6 by nibbles',
    '2001:4860:4860::8888',
    { addresses: { [`${nibbles}.bl.example`]: ['127.0.0.3'] } },
    { zone: 'bl.example', link: 'https://bl.example/?2001:4860:4860::8888', text: undefined },
  ],
]
for (const [why, address, answers, wanted] of listTable) {
  test(`blocklists: ${why}`, async () => {
    assert.deepEqual((await checks(answers, [zen, other]).checks.of(address)).listed, wanted)
  })
}

for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.0.1', '::ffff:10.0.0.1', 'fd00::1', 'unix']) {
  test(`nobody is asked about ${address}`, async () => {
    const { checks: peers, asked } = checks({ pointers: { [address]: ['home.example'] } }, [zen])
    assert.deepEqual(await peers.of(address), { names: [], reverse: 'confirmed', listed: undefined })
    assert.deepEqual(asked, [])
  })
}

test('an address is asked about once, and again when the answer is old', async () => {
  const { checks: peers, asked, clock } = checks({})
  await peers.of('8.8.8.8')
  await peers.of('8.8.8.8')
  assert.equal(asked.length, 1)
  clock.advance(3_600_000)
  await peers.of('8.8.8.8')
  assert.equal(asked.length, 2)
})

for (const [what, answers] of [
  ['the names', { pointers: { '8.8.8.8': 'unknown' } }],
  ['a list', { addresses: { '8.8.8.8.bl.example': 'unknown' } }],
] as const) {
  test(`an address is asked about again with the next message when nobody answered for ${what}`, async () => {
    const { checks: peers, asked } = checks(answers, [zen])
    await peers.of('8.8.8.8')
    await peers.of('8.8.8.8')
    assert.equal(asked.length, 2)
  })
}
