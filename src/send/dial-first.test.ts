import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { manualClock } from '#io/manual-clock.ts'
import { type MemoryPlace, memoryNetwork } from '#io/memory-network.ts'
import { dialFirst } from './dial-first.ts'
import { limits } from './limits.ts'

function network(places: readonly MemoryPlace[]) {
  const clock = manualClock()
  const dialer = memoryNetwork(clock)
  const candidates = places.map((place, at) => {
    const address = `192.0.2.${at + 1}`
    dialer.set(address, 25, place)
    return { address, localAddress: undefined }
  })
  const dial = (signal?: AbortSignal) =>
    dialFirst({ dialer, clock }, { candidates, port: 25, timeoutMs: 30_000, signal })
  return { clock, dialer, dial }
}

const host: MemoryPlace = { serve: async channel => void (await channel.read(1_000_000).catch(() => undefined)) }
const slow: MemoryPlace = { ...host, delayMs: 2 * limits.raceMs }

test('one that refuses gives way at once, one that is silent after a moment', async () => {
  const { clock, dialer, dial } = network(['refused', 'silent', host])
  const dialing = dial()
  await setImmediate()
  assert.equal(dialer.dials.length, 2)
  clock.advance(limits.raceMs - 1)
  await setImmediate()
  assert.equal(dialer.dials.length, 2)
  clock.advance(1)
  const { first, failed } = await dialing
  assert.equal(first?.candidate.address, '192.0.2.3')
  assert.deepEqual(
    failed.map(({ candidate, error }) => `${candidate.address} ${error.reason}`),
    ['192.0.2.1 refused'],
  )
  first?.channel.destroy()
})

test('two that answer are one connection: the later one ends', async () => {
  const { clock, dialer, dial } = network([slow, { ...host, delayMs: limits.raceMs }])
  const dialing = dial()
  clock.advance(limits.raceMs)
  await setImmediate()
  clock.advance(limits.raceMs)
  const { first } = await dialing
  await setImmediate()
  assert.equal(first?.candidate.address, '192.0.2.1')
  assert.deepEqual([dialer.dials.length, dialer.open], [2, 1])
  first?.channel.destroy()
})

test('when nobody answers, it is known why', async () => {
  const { clock, dial } = network(['refused', 'silent', 'unreachable'])
  const dialing = dial()
  for (let at = 0; at < 4; at += 1) {
    await setImmediate()
    clock.advance(at === 3 ? 30_000 : limits.raceMs)
  }
  const { first, failed } = await dialing
  assert.equal(first, undefined)
  assert.deepEqual(failed.map(({ error }) => error.reason).toSorted(), ['refused', 'timeout', 'unreachable'])
})

test('whoever gives it up leaves nothing behind', async () => {
  const { clock, dialer, dial } = network(['silent', slow])
  const gone = new AbortController()
  const dialing = dial(gone.signal)
  clock.advance(limits.raceMs)
  await setImmediate()
  gone.abort()
  assert.equal((await dialing).first, undefined)
  clock.advance(60_000)
  await setImmediate()
  assert.deepEqual([dialer.dials.length, dialer.open], [2, 0])
})
