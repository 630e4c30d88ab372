import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { Connections, type ConnectionVerdict } from './connections.ts'
import { TokenBuckets } from './token-bucket.ts'
import { trustedNetworks } from './trusted.ts'

function connections(limits: Partial<{ inAll: number; perAddress: number; burst: number; perMinute: number }>) {
  const clock = manualClock()
  const isTrusted = trustedNetworks(['127.0.0.1'])
  const all = { inAll: 1000, perAddress: 1000, burst: 1000, perMinute: 1000, ...limits }
  return { clock, throttle: new Connections({ clock, isTrusted, limits: all }) }
}

function release(verdict: ConnectionVerdict): void {
  assert.equal(verdict.kind, 'admitted')
  if (verdict.kind === 'admitted') verdict.held[Symbol.dispose]()
}

test('no more than the limit from one address, and room again once one is over', () => {
  const { throttle } = connections({ perAddress: 2 })
  const first = throttle.admit('192.0.2.1')
  throttle.admit('::ffff:192.0.2.1')
  assert.deepEqual(throttle.admit('192.0.2.1'), { kind: 'too-many-from-address', limit: 2 })
  assert.equal(throttle.admit('192.0.2.2').kind, 'admitted')
  release(first)
  release(first) // a second release counts nothing
  assert.equal(throttle.open, 2)
  assert.equal(throttle.admit('192.0.2.1').kind, 'admitted')
  assert.equal(throttle.admit('192.0.2.1').kind, 'too-many-from-address')
})

test('an IPv6 /64 counts as one address', () => {
  const { throttle } = connections({ perAddress: 1 })
  throttle.admit('2001:db8::1')
  assert.equal(throttle.admit('2001:db8::2').kind, 'too-many-from-address')
  assert.equal(throttle.admit('2001:db8:0:1::2').kind, 'admitted')
})

test('the limit in all holds for everyone', () => {
  const { throttle } = connections({ inAll: 2 })
  throttle.admit('192.0.2.1')
  throttle.admit('127.0.0.1')
  assert.deepEqual(throttle.admit('127.0.0.1'), { kind: 'too-many-in-all', limit: 2 })
})

test('who has no address is held back by the limit in all alone', () => {
  const { throttle } = connections({ inAll: 3, perAddress: 1, burst: 1 })
  const held = [throttle.admit(undefined), throttle.admit(undefined), throttle.admit(undefined)]
  assert.deepEqual(throttle.admit(undefined), { kind: 'too-many-in-all', limit: 3 })
  for (const one of held) release(one)
  assert.equal(throttle.open, 0)
})

test('a network may open only so many a minute', () => {
  const { throttle, clock } = connections({ burst: 3, perMinute: 60 })
  for (let host = 1; host <= 3; host++) release(throttle.admit(`192.0.2.${host}`))
  assert.deepEqual(throttle.admit('192.0.2.9'), { kind: 'too-fast', limitPerMinute: 60, retryAfterMs: 1000 })
  assert.equal(throttle.admit('192.0.3.9').kind, 'admitted')
  clock.advance(1000)
  assert.equal(throttle.admit('192.0.2.9').kind, 'admitted')
  assert.equal(throttle.admit('192.0.2.9').kind, 'too-fast')
})

test('a trusted address is held back by neither its number nor its rate', () => {
  const { throttle } = connections({ burst: 1, perMinute: 1, perAddress: 1 })
  for (let count = 0; count < 50; count++) assert.equal(throttle.admit('127.0.0.1').kind, 'admitted')
  assert.equal(throttle.admit('127.0.0.66').kind, 'admitted')
  assert.notEqual(throttle.admit('127.0.0.66').kind, 'admitted')
})

test('a bucket never holds more than its capacity', () => {
  const clock = manualClock()
  const buckets = new TokenBuckets({ capacity: 2, perMinute: 6 }, clock)
  const taken = (times: number) => Array.from({ length: times }, () => buckets.take('k'))
  assert.deepEqual(taken(3), [0, 0, 10_000])
  clock.advance(5000)
  assert.deepEqual(taken(1), [5000])
  clock.advance(3_600_000)
  assert.deepEqual(taken(3), [0, 0, 10_000])
})
