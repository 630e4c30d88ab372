import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { Headroom } from './headroom.ts'
import { limits } from './limits.ts'

/** Opens as many as there is headroom for beside `open`; gives how many that were. */
function openAll(headroom: Headroom, open: number): number {
  let opened = 0
  while (opened < 1_000 && headroom.isThere(open + opened)) {
    headroom.take(open + opened)
    opened += 1
  }
  return opened
}

function spent(): { readonly clock: ManualClock; readonly headroom: Headroom } {
  const clock = manualClock()
  const headroom = new Headroom(clock)
  openAll(headroom, limits.busyConnections)
  return { clock, headroom }
}

test('a few may always open, however busy the thread is', () => {
  const { clock, headroom } = spent()
  clock.setBusy(true)
  clock.advance(1)
  assert.equal(openAll(headroom, 0), limits.busyConnections)
})

test('beyond these each costs time to spare, of which only so much is kept', () => {
  const { clock, headroom } = spent()
  clock.advance(5)
  assert.equal(openAll(headroom, limits.busyConnections), 5)
  clock.advance(60_000)
  assert.equal(openAll(headroom, limits.busyConnections), limits.spareMs / limits.openingMs)
})

test('without a pause there are few more, and never none', () => {
  const { clock, headroom } = spent()
  clock.setBusy(true)
  clock.advance(20)
  assert.equal(openAll(headroom, limits.busyConnections), 0)
  clock.advance(1_000)
  assert.equal(openAll(headroom, limits.busyConnections), 20)
})

test('there is time for many where half of what is kept is there', () => {
  const { clock, headroom } = spent()
  assert.equal(headroom.isWide, false)
  clock.advance(limits.spareMs / 2)
  assert.equal(headroom.isWide, true)
})
