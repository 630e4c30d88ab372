import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { PeerNames } from './peer-names.ts'

function peerNames(answers: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = []
  const clock = manualClock()
  const reverse = async (address: string) => {
    asked.push(address)
    return answers[address] ?? []
  }
  return { names: new PeerNames({ reverse }, clock), asked, clock }
}

const table: readonly (readonly [
  why: string,
  address: string,
  answer: readonly string[],
  wanted: string | undefined,
])[] = [
  ['the name of a public address', '8.8.8.8', ['DNS.Google'], 'dns.google'],
  ['the first of several', '2001:4860:4860::8888', ['a.example', 'b.example'], 'a.example'],
  ['no name', '8.8.4.4', [], undefined],
  ['a name that would break the header is passed over', '9.9.9.9', ['a)\r\nX: y', 'good.example'], 'good.example'],
]
for (const [why, address, answer, wanted] of table) {
  test(why, async () => assert.equal(await peerNames({ [address]: answer }).names.of(address), wanted))
}

for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.0.1', '::ffff:10.0.0.1', 'fd00::1', 'unix']) {
  test(`nobody is asked for ${address}`, async () => {
    const { names, asked } = peerNames({ [address]: ['home.example'] })
    assert.equal(await names.of(address), undefined)
    assert.deepEqual(asked, [])
  })
}

test('an address is asked for once, and again when the answer is old', async () => {
  const { names, asked, clock } = peerNames({ '8.8.8.8': ['dns.google'] })
  await names.of('8.8.8.8')
  await names.of('8.8.8.8')
  assert.equal(asked.length, 1)
  clock.advance(3_600_000)
  await names.of('8.8.8.8')
  assert.equal(asked.length, 2)
})
