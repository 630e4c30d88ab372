import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { DeadHosts } from './dead-hosts.ts'
import { limits } from './limits.ts'
import { PortWatch } from './port-watch.ts'

const why = { reply: 'connection refused', status: '4.4.1' }

test('a host that could not be reached is spared, then one connection looks again, after pauses that double', () => {
  const clock = manualClock()
  const dead = new DeadHosts(clock)
  assert.equal(dead.at('a'), undefined)
  const pauses: number[] = []
  for (let at = 0; at < 8; at += 1) {
    dead.trying('a')
    if (at > 0) assert.notEqual(dead.at('a'), undefined, 'one looks already')
    dead.failed('a', why)
    // Others that were under way at the same time.
    dead.failed('a', why)
    const until = dead.at('a')?.until ?? 0
    pauses.push((until - clock.now()) / limits.firstSpareMs)
    clock.advance(until - clock.now() - 1)
    assert.equal(dead.at('a')?.reply, why.reply)
    clock.advance(1)
    assert.equal(dead.at('a'), undefined)
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 30, 30, 30])
})

test('one that answers is alive at once', () => {
  const dead = new DeadHosts(manualClock())
  dead.failed('a', why)
  dead.opened('a')
  assert.equal(dead.at('a'), undefined)
})

test('one to which a connection is open is not dead: it has no room for another', () => {
  const dead = new DeadHosts(manualClock())
  dead.opened('a')
  dead.opened('a')
  dead.closed('a')
  dead.failed('a', why)
  assert.equal(dead.at('a'), undefined)
  dead.closed('a')
  dead.failed('a', why)
  assert.notEqual(dead.at('a'), undefined)
})

test('a look that was given up leaves the next to another', () => {
  const clock = manualClock()
  const dead = new DeadHosts(clock)
  dead.failed('a', why)
  clock.advance(limits.firstSpareMs)
  dead.trying('a')
  assert.notEqual(dead.at('a'), undefined)
  dead.leftOff('a')
  assert.equal(dead.at('a'), undefined)
})

test('nobody to be reached at all means that port 25 is blocked, until somebody is', () => {
  const clock = manualClock()
  const log = memoryLog()
  const watch = new PortWatch({ clock, log })
  const unreached = (count: number) => {
    for (let at = 0; at < count; at += 1) watch.unreached(`host-${at}.example`)
  }
  for (let at = 0; at < 100; at += 1) watch.unreached('one.example')
  assert.equal(watch.isBlocked, false, 'one dead destination is one')
  unreached(limits.blockedAfter - 2)
  watch.reached()
  unreached(limits.blockedAfter - 1)
  assert.equal(watch.isBlocked, false)
  unreached(limits.blockedAfter)
  assert.equal(watch.isBlocked, true)
  clock.advance(limits.blockedMs)
  assert.equal(watch.isBlocked, false, 'it is tried again')
  unreached(limits.blockedAgainAfter - 1)
  assert.equal(watch.isBlocked, false, 'what was found before is forgotten')
  unreached(limits.blockedAgainAfter)
  assert.equal(watch.isBlocked, true)
  watch.reached()
  assert.equal(watch.isBlocked, false)
  assert.deepEqual(
    log.events.map(({ event }) => event),
    ['send.blocked', 'send.blocked', 'send.unblocked'],
  )
})
