import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { RecipientRate } from './recipient-rate.ts'
import { trustedNetworks } from './trusted.ts'

function rate() {
  const clock = manualClock()
  const isTrusted = trustedNetworks(['127.0.0.1'])
  return {
    clock,
    rate: new RecipientRate({ clock, isTrusted, limits: { perHourPerNetwork: 60, perHourPerAccount: 3 } }),
  }
}

test('a network has its recipients an hour, whichever address names them', () => {
  const { clock, rate: recipients } = rate()
  for (let count = 0; count < 60; count += 1) assert.equal(recipients.ofNetwork(`192.0.2.${count}`), undefined)
  assert.deepEqual(recipients.ofNetwork('192.0.2.99'), { limit: 60, retryAfterMs: 60_000 })
  assert.equal(recipients.ofNetwork('192.0.3.1'), undefined)
  clock.advance(60_000)
  assert.equal(recipients.ofNetwork('192.0.2.99'), undefined)
  assert.equal(recipients.ofNetwork('192.0.2.99')?.limit, 60)
})

test('a trusted network has no limit', () => {
  const { rate: recipients } = rate()
  for (let count = 0; count < 100; count += 1) assert.equal(recipients.ofNetwork('127.0.0.1'), undefined)
})

test('each account has a limit of its own, wherever it is', () => {
  const { clock, rate: recipients } = rate()
  for (let count = 0; count < 3; count += 1) assert.equal(recipients.ofAccount(1), undefined)
  assert.deepEqual(recipients.ofAccount(1), { limit: 3, retryAfterMs: 1_200_000 })
  assert.equal(recipients.ofAccount(2), undefined)
  clock.advance(1_200_000)
  assert.equal(recipients.ofAccount(1), undefined)
})
