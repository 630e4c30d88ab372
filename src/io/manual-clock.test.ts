import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from './clock.ts'
import { Deadline } from './deadline.ts'
import { manualClock } from './manual-clock.ts'
import { seededRandom } from './seeded-random.ts'

test('timers run in order, each at its own time, and those they set too', () => {
  const clock = manualClock(1000)
  const ran: [string, number][] = []
  const note = (name: string) => () => void ran.push([name, clock.now()])
  clock.after(30, note('late'))
  clock.after(10, () => {
    note('early')()
    clock.after(5, note('set by early'))
  })
  const never = clock.after(20, note('disposed of'))
  never[Symbol.dispose]()
  clock.advance(29)
  assert.deepEqual(ran, [
    ['early', 1010],
    ['set by early', 1015],
  ])
  clock.advance(1)
  assert.deepEqual(ran.at(-1), ['late', 1030])
  assert.equal(clock.monotonicMs(), 30)
})

test('a deadline set again and again keeps one timer, and ends at the last limit', () => {
  const clock = manualClock()
  let timers = 0
  let expiredMs = -1
  const counting: Clock = {
    ...clock,
    after(delayMs, run) {
      timers++
      return clock.after(delayMs, run)
    },
  }
  const deadline = new Deadline(counting, () => {
    expiredMs = clock.monotonicMs()
  })
  for (let read = 0; read < 100; read++) {
    deadline.set(1000)
    clock.advance(5)
  }
  assert.equal(timers, 1)
  clock.advance(994)
  assert.equal(expiredMs, -1)
  clock.advance(1)
  assert.equal(expiredMs, 1495)
  deadline.set(1000)
  deadline.set(10)
  clock.advance(10)
  assert.equal(expiredMs, 1505)
  deadline.set(10)
  deadline.clear()
  clock.advance(1000)
  deadline.set(10)
  deadline.stop()
  clock.advance(1000)
  assert.equal(expiredMs, 1505)
})

test('the same seed gives the same bytes, another seed others', () => {
  const [one, same, other] = [seededRandom(1), seededRandom(1), seededRandom(2)]
  const bytes = one.bytes(1000)
  assert.deepEqual(same.bytes(1000), bytes)
  assert.notDeepEqual(other.bytes(1000), bytes)
  assert.notDeepEqual(one.bytes(1000), bytes, 'it goes on')
  assert.equal(new Set(seededRandom(3).bytes(10_000)).size, 256)
})
