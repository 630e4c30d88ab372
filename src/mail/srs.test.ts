import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { dayMs } from './return-path.ts'
import { isSrs, readSrs, srsLocalPart } from './srs.ts'

const signer = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest()
const sign = signer('one')
const now = 20_000 * dayMs + 5

describe('the sender rewriting scheme', () => {
  for (const [localPart, domain] of [
    ['alice', 'far.test'],
    ['Alice.Big', 'far.test'],
    ['a=b+c', 'xn--4ca.test'],
    ['list-owner+bob=here.test', 'lists.test'],
    ['jörg', 'far.test'],
    ['with space', 'far.test'],
  ] as const)
    test(`${localPart}@${domain} there and back`, () => {
      const { localPart: written } = srsLocalPart({ sign, now }, { localPart, domain })
      assert.match(written, /^SRS0=[a-z2-7]{8}=[a-z2-7]{2}=/)
      assert.ok(isSrs(written))
      assert.deepEqual(readSrs({ sign, now: now + 3 * dayMs }, written), { localPart, domain })
    })

  test('a server on the way may fold the local part', () => {
    const { localPart } = srsLocalPart({ sign, now }, { localPart: 'Alice', domain: 'far.test' })
    assert.deepEqual(readSrs({ sign, now }, localPart.toLowerCase()), { localPart: 'alice', domain: 'far.test' })
    assert.equal(readSrs({ sign, now }, localPart.toUpperCase())?.localPart, 'ALICE')
  })

  test('what another forwarder has rewritten leads back to the first one, however many there are', () => {
    const first = srsLocalPart({ sign: signer('first'), now }, { localPart: 'alice', domain: 'far.test' }).localPart
    const second = srsLocalPart({ sign: signer('second'), now }, { localPart: first, domain: 'first.test' }).localPart
    assert.match(second, /^SRS1=[a-z2-7]{8}=first\.test==/)
    const third = srsLocalPart({ sign, now }, { localPart: second, domain: 'second.test' }).localPart
    assert.match(third, /^SRS1=[a-z2-7]{8}=first\.test==/)
    assert.deepEqual(readSrs({ sign, now }, third), { localPart: first, domain: 'first.test' })
    assert.equal(readSrs({ sign, now }, second), undefined)
  })

  test('nobody else signs, and none of it may be changed', () => {
    const { localPart } = srsLocalPart({ sign, now }, { localPart: 'alice', domain: 'far.test' })
    for (const forged of [
      srsLocalPart({ sign: signer('other'), now }, { localPart: 'alice', domain: 'far.test' }).localPart,
      localPart.replace('alice', 'carol'),
      localPart.replace('far.test', 'near.test'),
      localPart.replace(/=(..)=far/, '=aa=far'),
      localPart.slice(0, -1),
      'SRS0=alice',
      'SRS0==aa=far.test=alice',
      'SRS1=aaaaaaaa=far.test==x=y=z=w',
      'srs0-',
    ])
      assert.equal(readSrs({ sign, now }, forged), undefined, forged)
  })

  test('it holds for thirty days, and no longer', () => {
    const { localPart } = srsLocalPart({ sign, now }, { localPart: 'alice', domain: 'far.test' })
    assert.ok(readSrs({ sign, now: now + 30 * dayMs }, localPart))
    assert.equal(readSrs({ sign, now: now + 31 * dayMs }, localPart), undefined)
    // The days go round.
    const late = 1023 * dayMs
    const { localPart: atEnd } = srsLocalPart({ sign, now: late }, { localPart: 'alice', domain: 'far.test' })
    assert.ok(readSrs({ sign, now: late + 2 * dayMs }, atEnd))
    // Not from a clock that went back.
    assert.equal(readSrs({ sign, now: late - 2 * dayMs }, atEnd), undefined)
  })

  test('what another one has rewritten holds for thirty days, and not for sixty', () => {
    const sender = { localPart: 'SRS0=aaaa=aa=far.test=alice', domain: 'first.test' }
    const { localPart } = srsLocalPart({ sign, now }, sender)
    assert.deepEqual(readSrs({ sign, now: now + 30 * dayMs }, localPart), sender)
    assert.equal(readSrs({ sign, now: now + 60 * dayMs }, localPart), undefined)
  })

  test('it says when a local part is longer than one may be', () => {
    const long = { localPart: 'bounces+1234567-abcd-alice=here.test', domain: 'em1234.shop.example' }
    assert.equal(srsLocalPart({ sign, now }, long).isTooLong, true)
    assert.equal(srsLocalPart({ sign, now }, { localPart: 'alice', domain: 'far.test' }).isTooLong, false)
  })
})

test('an address that is none of the scheme', () => {
  for (const localPart of ['srs', 'srs0', 'SRS2=a', 'alice', 'srs0alice', 'xSRS0=a'])
    assert.equal(isSrs(localPart), false)
  for (const localPart of ['srs0=a', 'SRS1-a', 'SRS0+a']) assert.equal(isSrs(localPart), true)
})
