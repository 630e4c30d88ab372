// What the directory keeps in memory: bounded, and right.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Resolution } from './account.ts'
import { AddressCache } from './address-cache.ts'
import { limits } from './limits.ts'
import { RecentLogins } from './recent-logins.ts'

const account = { accountId: 1, address: 'a@b.test', disabled: false, createdAt: 0 }
const owned: Resolution = { kind: 'account', account, detail: undefined }

test('an address read before a change is not remembered after it', () => {
  const cache = new AddressCache()
  const { generation } = cache
  cache.set('a@b', owned, generation)
  assert.equal(cache.get('a@b'), owned)
  cache.clear()
  assert.equal(cache.get('a@b'), undefined)
  cache.set('a@b', owned, generation)
  assert.equal(cache.get('a@b'), undefined)
  cache.set('a@b', owned, cache.generation)
  assert.equal(cache.get('a@b'), owned)
})

test('when the memory is full, the address that was not asked for longest goes', () => {
  const cache = new AddressCache()
  for (let index = 0; index < limits.rememberedAddresses; index += 1) cache.set(`${index}`, owned, cache.generation)
  assert.equal(cache.get('0'), owned)
  cache.set('new', owned, cache.generation)
  assert.equal(cache.get('1'), undefined)
  assert.equal(cache.get('0'), owned)
  assert.equal(cache.get('new'), owned)
})

test('a right password is known for a while, as long as its hash stands', () => {
  const clock = manualClock()
  const recent = new RecentLogins(seededRandom(1), clock)
  const found = { account, passwordHash: '$1' }
  assert.equal(recent.knows(found, 'secret'), false)
  recent.remember(found, 'secret')
  assert.equal(recent.knows(found, 'secret'), true)
  assert.equal(recent.knows(found, 'Secret'), false)
  assert.equal(recent.knows({ account, passwordHash: '$2' }, 'secret'), false)
  assert.equal(recent.knows({ account: { ...account, accountId: 2 }, passwordHash: '$1' }, 'secret'), false)
  clock.advance(limits.rememberedLoginMs - 1)
  assert.equal(recent.knows(found, 'secret'), true)
  clock.advance(1)
  assert.equal(recent.knows(found, 'secret'), false)
})

test('the same password is checked once at a time', async () => {
  const recent = new RecentLogins(seededRandom(1), manualClock())
  const gate = Promise.withResolvers<'right'>()
  let checks = 0
  const verify = () => {
    checks += 1
    return gate.promise
  }
  const found = { account, passwordHash: '$1' }
  const four = [1, 2, 3, 4].map(() => recent.verified(found, 'secret', verify))
  const another = recent.verified(found, 'Secret', verify)
  const changed = recent.verified({ account, passwordHash: '$2' }, 'secret', verify)
  const ofAnother = recent.verified({ account: { ...account, accountId: 2 }, passwordHash: '$1' }, 'secret', verify)
  assert.equal(checks, 4)
  gate.resolve('right')
  assert.deepEqual(await Promise.all([...four, another, changed, ofAnother]), new Array(7).fill('right'))
  assert.equal(await recent.verified(found, 'secret', async () => 'wrong'), 'wrong')
  await assert.rejects(
    recent.verified(found, 'secret', () => Promise.reject(new Error('no'))),
    /no/,
  )
  assert.equal(await recent.verified(found, 'secret', async () => 'right'), 'right')
})

test('no more logins are remembered than the limit', () => {
  const recent = new RecentLogins(seededRandom(1), manualClock())
  const of = (accountId: number) => ({ account: { ...account, accountId }, passwordHash: '$1' })
  for (let id = 0; id <= limits.rememberedLogins; id += 1) recent.remember(of(id), 'secret')
  assert.equal(recent.knows(of(0), 'secret'), false)
  assert.equal(recent.knows(of(1), 'secret'), true)
})
