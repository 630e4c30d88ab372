import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { limits } from './limits.ts'
import { Pool, type Pooled } from './pool.ts'

class Session implements Pooled {
  isUsable = true
  isGone = false
  isEnded = false

  async [Symbol.asyncDispose](): Promise<void> {
    this.isEnded = true
  }
}

function sessions(count: number): Session[] {
  return Array.from({ length: count }, () => new Session())
}

function pool(idleMs = 5_000) {
  const clock = manualClock()
  return { clock, pool: new Pool<Session>({ clock, idleMs }) }
}

test('the one used last is taken first, by its own key alone', () => {
  const { pool: idle } = pool()
  const [a, b, c] = sessions(3) as [Session, Session, Session]
  idle.give('x', a)
  idle.give('x', b)
  idle.give('y', c)
  assert.equal(idle.take('x'), b)
  assert.equal(idle.take('x'), a)
  assert.equal(idle.take('x'), undefined)
  assert.equal(idle.take('y'), c)
})

test('each waits for its own time', () => {
  const { pool: idle, clock } = pool()
  const [a, b] = sessions(2) as [Session, Session]
  idle.give('x', a)
  clock.advance(3_000)
  idle.give('x', b)
  clock.advance(2_000)
  assert.deepEqual([a.isEnded, b.isEnded], [true, false])
  clock.advance(2_999)
  assert.equal(b.isEnded, false)
  clock.advance(1)
  assert.deepEqual([b.isEnded, idle.size], [true, 0])
})

test('what is gone or has done its work is not handed out', () => {
  const { pool: idle } = pool()
  const [a, b, c] = sessions(3) as [Session, Session, Session]
  idle.give('x', a)
  idle.give('x', b)
  b.isGone = true
  assert.equal(idle.take('x'), a)
  assert.equal(b.isEnded, true)
  c.isUsable = false
  idle.give('x', c)
  assert.deepEqual([c.isEnded, idle.size], [true, 0])
})

test('there are never more than so many, of one host and in all', () => {
  const { pool: idle } = pool()
  const ofOne = sessions(limits.idlePerHost + 1)
  for (const one of ofOne) idle.give('x', one)
  assert.equal(idle.size, limits.idlePerHost)
  assert.equal(ofOne.at(-1)?.isEnded, true)
  for (const [at, one] of sessions(limits.idle).entries()) idle.give(`y${at}`, one)
  assert.equal(idle.size, limits.idle)
})

test('at the end all are ended, and who comes later too', async () => {
  const { pool: idle } = pool()
  const [a, b] = sessions(2) as [Session, Session]
  idle.give('x', a)
  await idle[Symbol.asyncDispose]()
  idle.give('x', b)
  assert.deepEqual([a.isEnded, b.isEnded, idle.size], [true, true, 0])
})

test('with no time to wait there is no pool', () => {
  const { pool: idle } = pool(0)
  const [a] = sessions(1) as [Session]
  idle.give('x', a)
  assert.deepEqual([a.isEnded, idle.take('x')], [true, undefined])
})
