import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { otherPace } from './default-settings.ts'
import { limits } from './limits.ts'
import { Pace } from './pace.ts'

function times(count: number, run: () => void): void {
  for (let at = 0; at < count; at += 1) run()
}

test('connections double while all goes well, up to the setting', () => {
  const pace = new Pace({ ...otherPace, connections: 20 }, manualClock())
  assert.equal(pace.state.connections, limits.firstConnections)
  times(5, () => pace.succeeded())
  assert.equal(pace.state.connections, 10)
  times(100, () => pace.succeeded())
  assert.equal(pace.state.connections, 20)
})

test('after trouble a whole round of answers is worth one connection, both ways', () => {
  const pace = new Pace({ ...otherPace, connections: 20 }, manualClock())
  times(15, () => pace.succeeded())
  times(21, () => pace.failed())
  assert.equal(pace.state.connections, 18)
  times(17, () => pace.succeeded())
  assert.equal(pace.state.connections, 19)
  times(1_000, () => pace.failed())
  assert.equal(pace.state.connections, 1)
})

test('one connection is always allowed', () => {
  const pace = new Pace({ ...otherPace, connections: 1 }, manualClock())
  times(3, () => pace.failed())
  assert.equal(pace.hasRoom, true)
  pace.open()
  assert.equal(pace.hasRoom, false)
  pace.close()
  assert.equal(pace.hasRoom, true)
})

test('one connection that is refused while others stand shows how many there may be', () => {
  const pace = new Pace({ ...otherPace, connections: 20 }, manualClock())
  times(15, () => pace.succeeded())
  times(8, () => pace.open())
  pace.full()
  assert.equal(pace.state.connections, 7)
  pace.close()
  assert.equal(pace.hasRoom, false)
})

test('a bucket gives a few at once, then its share', () => {
  const clock = manualClock()
  const pace = new Pace({ ...otherPace, messagesPerMinute: 12 }, clock)
  times(2, () => pace.spend())
  assert.equal(pace.waitMs(), 5_000)
  clock.advance(4_999)
  assert.equal(pace.waitMs(), 1)
  clock.advance(1)
  assert.equal(pace.waitMs(), 0)
  clock.advance(3_600_000)
  times(2, () => pace.spend())
  assert.notEqual(pace.waitMs(), 0)
})

test('a complaint halves what goes, and what was halved comes back', () => {
  const clock = manualClock()
  const pace = new Pace({ ...otherPace, connections: 20 }, clock)
  times(15, () => pace.succeeded())
  for (let at = 0; at < 120; at += 1) {
    pace.spend()
    clock.advance(500)
  }
  assert.equal(pace.waitMs(), 0)
  pace.complained()
  assert.equal(pace.state.connections, 10)
  const perMinute = pace.state.messagesPerMinute ?? 0
  assert.ok(perMinute > 55 && perMinute < 65, String(perMinute))
  times(5, () => pace.complained())
  assert.equal(pace.state.connections, 10, 'those that come together count as one')
  clock.advance(limits.slowOnceMs)
  pace.complained()
  assert.equal(pace.state.connections, 5)
  assert.ok((pace.state.messagesPerMinute ?? 0) < 33)
  const slowed = pace.state.messagesPerMinute ?? 0
  clock.advance(limits.slowDoublesMs)
  assert.equal(Math.round(pace.state.messagesPerMinute ?? 0), Math.round(slowed * 2))
  clock.advance(limits.slowForgottenMs)
  assert.equal(pace.state.messagesPerMinute, undefined)
  assert.equal(pace.waitMs(), 0)
})

test('however many complain, one a minute goes', () => {
  const clock = manualClock()
  const pace = new Pace({ ...otherPace, messagesPerMinute: 5 }, clock)
  for (let at = 0; at < 20; at += 1) {
    pace.complained()
    clock.advance(limits.slowOnceMs)
  }
  assert.ok((pace.state.messagesPerMinute ?? 0) >= limits.slowestPerMinute)
  clock.advance(60_000)
  assert.equal(pace.waitMs(), 0)
})
