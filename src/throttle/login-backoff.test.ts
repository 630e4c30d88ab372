import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Remembered } from '#base/remembered.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { loginDefaults } from './limits.ts'
import { LoginBackoff } from './login-backoff.ts'
import { trustedNetworks } from './trusted.ts'

const { networkFailures, accountFailures, firstBanMs, longestBanMs, forgetMs } = loginDefaults

function backoff() {
  const clock = manualClock()
  const log = memoryLog()
  return { clock, log, backoff: new LoginBackoff({ clock, log, isTrusted: trustedNetworks(['127.0.0.1']) }) }
}

test('the answer comes later with each failure, up to a limit', () => {
  const { backoff: login } = backoff()
  const delays: number[] = []
  for (let tries = 0; tries < 8; tries++) {
    const verdict = login.before('alice', '192.0.2.1')
    delays.push(verdict.kind === 'go' ? verdict.delayMs : -1)
    login.failed('alice', '192.0.2.1')
  }
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 16_000, 16_000, 16_000])
})

test('a network that fails too often is banned, with an end, and longer each time', () => {
  const { backoff: login, clock, log } = backoff()
  const failAll = () => {
    for (let tries = 0; tries < networkFailures; tries++) login.failed(`user${tries}`, `192.0.2.${tries}`)
  }
  failAll()
  assert.deepEqual(login.before('bob', '192.0.2.200'), { kind: 'too-many', retryAfterMs: firstBanMs })
  assert.equal(login.before('bob', '192.0.3.1').kind, 'go')
  assert.deepEqual(log.events[0]?.fields, { who: '192.0.2.0/24', failures: networkFailures, banMs: firstBanMs })
  clock.advance(firstBanMs)
  assert.equal(login.before('bob', '192.0.2.200').kind, 'go')
  failAll()
  assert.deepEqual(login.before('bob', '192.0.2.200'), { kind: 'too-many', retryAfterMs: 2 * firstBanMs })
  for (let bans = 0; bans < 20; bans++) {
    clock.advance(longestBanMs)
    failAll()
  }
  assert.deepEqual(login.before('bob', '192.0.2.200'), { kind: 'too-many', retryAfterMs: longestBanMs })
})

test('failures long ago do not count', () => {
  const { backoff: login, clock } = backoff()
  for (let tries = 0; tries < networkFailures - 1; tries++) login.failed('alice', '192.0.2.1')
  clock.advance(forgetMs)
  login.failed('alice', '192.0.2.1')
  assert.deepEqual(login.before('alice', '192.0.2.1'), { kind: 'go', delayMs: 1000 })
})

test('a success takes back the failures of its own account only', () => {
  const { backoff: login } = backoff()
  for (let tries = 0; tries < 3; tries++) login.failed('alice', '192.0.2.1')
  login.succeeded('Alice', '192.0.2.1')
  assert.deepEqual(login.before('alice', '192.0.2.1'), { kind: 'go', delayMs: 500 })

  // A guesser with an account of their own logs in between the guesses.
  for (let tries = 0; tries < networkFailures; tries++) {
    login.failed('victim', '192.0.2.1')
    login.succeeded('guesser', '192.0.2.1')
  }
  assert.equal(login.before('victim', '192.0.2.1').kind, 'too-many')
})

test('an account guessed at from everywhere stays open to the networks that know it', () => {
  const { backoff: login, clock } = backoff()
  login.succeeded('alice', '198.51.100.1')
  for (let tries = 0; tries < accountFailures; tries++) login.failed('alice', `10.0.${tries}.1`)
  assert.equal(login.before('alice', '203.0.113.1').kind, 'too-many')
  assert.equal(login.before('bob', '203.0.113.1').kind, 'go')
  assert.deepEqual(login.before('alice', '198.51.100.1'), { kind: 'go', delayMs: 500 })
  clock.advance(firstBanMs)
  assert.equal(login.before('alice', '203.0.113.1').kind, 'go')
})

test('the owner’s device with an old password does not lock the account', () => {
  const { backoff: login } = backoff()
  login.succeeded('alice', '198.51.100.1')
  for (let tries = 0; tries < accountFailures; tries++) login.failed('alice', '198.51.100.1')
  assert.equal(login.before('alice', '203.0.113.1').kind, 'go')
})

test('a trusted network is never held back', () => {
  const { backoff: login } = backoff()
  for (let tries = 0; tries < 2 * accountFailures; tries++) login.failed('alice', '127.0.0.1')
  assert.deepEqual(login.before('alice', '::ffff:127.0.0.1'), { kind: 'go', delayMs: 0 })
  assert.deepEqual(login.before('alice', '127.0.0.66'), { kind: 'go', delayMs: 500 })
})

test('what is remembered is bounded, and the quietest goes first', () => {
  const clock = manualClock()
  const remembered = new Remembered<number>({ clock, mostKeys: 3, forgetMs: 1000 })
  for (const [index, key] of ['a', 'b', 'c', 'a', 'd'].entries()) remembered.set(key, index)
  assert.equal(remembered.size, 3)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map(key => remembered.get(key)),
    [3, undefined, 2, 4],
  )
  clock.advance(1000)
  assert.equal(remembered.get('a'), undefined)
})
