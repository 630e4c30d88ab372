import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { otherPace } from './default-settings.ts'
import { Gates, type Passage, type Permit, type UsedUp } from './gates.ts'
import { limits } from './limits.ts'
import { sourceOf } from './sources.ts'

const one = sourceOf({ ipv4: '192.0.2.1', ipv6: undefined, helloName: undefined, warmUp: false }, 'mail.example.com')
const two = sourceOf({ ipv4: '192.0.2.2', ipv6: undefined, helloName: undefined, warmUp: false }, 'mail.example.com')

const passage: Passage = {
  pool: 'default',
  provider: 'there.example',
  sources: [one],
  pace: { ...otherPace, connections: 2 },
  hop: 'direct:there.example',
}

interface Place {
  readonly clock: ManualClock
  readonly gates: Gates
  /** Asks, and says when it was let through: in the order of `passed`. */
  ask(name: string, over?: Partial<Passage>, signal?: AbortSignal): Promise<void>
  readonly passed: string[]
  readonly permits: Map<string, Permit>
  readonly usedUp: Map<string, number>
}

function place({
  connections = 100,
  isUsedUp = () => false,
}: {
  connections?: number
  isUsedUp?: (key: string) => boolean
} = {}): Place {
  const clock = manualClock()
  const usedUpUntil = (source: { key: string }) => (isUsedUp(source.key) ? 1_000 : 0)
  const gates = new Gates({ clock, connections, usedUpUntil })
  const passed: string[] = []
  const permits = new Map<string, Permit>()
  const usedUp = new Map<string, number>()
  return {
    clock,
    gates,
    passed,
    permits,
    usedUp,
    async ask(name, over = {}, signal) {
      const settle = (granted: Permit | UsedUp) => {
        if (granted.kind === 'used-up') return void usedUp.set(name, granted.until)
        passed.push(name)
        permits.set(name, granted)
      }
      const asked = gates.pass({ ...passage, ...over }, signal).then(settle, () => void passed.push(`${name} gave up`))
      await Promise.race([asked, settled()])
    },
  }
}

/** All that can happen without time going by. */
async function settled(): Promise<void> {
  for (let at = 0; at < 20; at += 1) await undefined
}

async function end({ permits }: Place, name: string): Promise<void> {
  permits.get(name)?.[Symbol.dispose]()
  await settled()
}

test('as many go through as the pace has room for, the others in the order they came', async () => {
  const at = place()
  for (const name of ['a', 'b', 'c', 'd']) await at.ask(name)
  assert.deepEqual(at.passed, ['a', 'b'])
  await end(at, 'b')
  assert.deepEqual(at.passed, ['a', 'b', 'c'])
  await end(at, 'b')
  assert.deepEqual(at.passed, ['a', 'b', 'c'], 'a permit ends once')
  await end(at, 'a')
  assert.deepEqual(at.passed, ['a', 'b', 'c', 'd'])
})

test('providers do not wait for each other', async () => {
  const at = place()
  for (const name of ['a', 'b', 'c']) await at.ask(name)
  await at.ask('d', { provider: 'other.example' })
  assert.deepEqual(at.passed, ['a', 'b', 'd'])
})

test('the sources of a pool take turns, and each has room of its own', async () => {
  const at = place()
  for (const name of ['a', 'b', 'c', 'd', 'e']) await at.ask(name, { sources: [one, two] })
  const used = [...at.permits.values()].map(({ source }) => source.key)
  assert.deepEqual(used, [one.key, two.key, one.key, two.key])
  await end(at, 'b')
  assert.equal(at.permits.get('e')?.source.key, two.key)
})

test('a pace that grows lets more through', async () => {
  const at = place()
  const pace = { ...otherPace, connections: limits.firstConnections + 1 }
  for (let count = 0; count <= limits.firstConnections; count += 1) await at.ask(String(count), { pace })
  assert.equal(at.passed.length, limits.firstConnections)
  at.permits.get('0')?.succeeded()
  await settled()
  assert.equal(at.passed.length, limits.firstConnections + 1)
})

test('an empty bucket is waited for, each message by its own', async () => {
  const at = place()
  const pace = { ...otherPace, messagesPerMinute: 6 }
  for (const name of ['a', 'b', 'c']) await at.ask(name, { pace })
  assert.deepEqual(at.passed, ['a'])
  at.clock.advance(9_999)
  await settled()
  assert.deepEqual(at.passed, ['a'])
  at.clock.advance(1)
  await settled()
  assert.deepEqual(at.passed, ['a', 'b'])
  at.clock.advance(10_000)
  await settled()
  assert.deepEqual(at.passed, ['a', 'b', 'c'])
})

test('a permit stands for one message, and for more while the bucket has some', async () => {
  const at = place()
  await at.ask('a', { pace: { ...otherPace, messagesPerMinute: 6 } })
  const permit = at.permits.get('a')
  assert.equal(permit?.hasMessage, true)
  permit?.spend()
  assert.equal(permit?.hasMessage, false)
  at.clock.advance(10_000)
  assert.equal(permit?.hasMessage, true)
})

test('where others wait for the same provider, each has its turn; one’s own wait is none', async () => {
  const at = place()
  const pace = { ...otherPace, connections: 1 }
  await at.ask('a', { pace })
  const permit = at.permits.get('a')
  await at.ask('more of a', { pace })
  for (let sent = 0; sent < limits.turnMessages; sent += 1) permit?.spend()
  assert.equal(permit?.hasMessage, true)
  await at.ask('b', { pace, hop: 'direct:other.example' })
  assert.equal(permit?.hasMessage, false)
})

test('when trouble makes connections fewer, those that are too many end', async () => {
  const at = place()
  await at.ask('a')
  await at.ask('b')
  for (const name of ['a', 'b']) at.permits.get(name)?.spend()
  const { a, b } = Object.fromEntries(at.permits)
  assert.equal(a?.hasMessage, true)
  a?.pace.failed()
  assert.equal(a?.hasMessage, false)
  await end(at, 'a')
  assert.equal(b?.hasMessage, true)
})

test('what was granted and not used goes to the next', async () => {
  const at = place()
  const pace = { ...otherPace, messagesPerMinute: 6 }
  await at.ask('a', { pace })
  await at.ask('b', { pace })
  await end(at, 'a')
  assert.deepEqual(at.passed, ['a', 'b'])
})

test('beyond the connections in all, providers take turns', async () => {
  const at = place({ connections: 2 })
  await at.ask('a1', { provider: 'a', pace: otherPace })
  at.permits.get('a1')?.succeeded()
  for (const name of ['a2', 'a3', 'a4']) await at.ask(name, { provider: 'a', pace: otherPace })
  await at.ask('b1', { provider: 'b' })
  await at.ask('c1', { provider: 'c' })
  assert.deepEqual(at.passed, ['a1', 'a2'])
  await end(at, 'a1')
  await end(at, 'a2')
  await end(at, 'b1')
  assert.deepEqual(at.passed, ['a1', 'a2', 'a3', 'b1', 'c1'])
  await end(at, 'a3')
  assert.deepEqual(at.passed, ['a1', 'a2', 'a3', 'b1', 'c1', 'a4'])
})

test('whom nobody has reached yet takes no more than one connection where there is little room', async () => {
  const at = place({ connections: 8 })
  for (const name of ['a', 'b', 'c', 'd', 'e']) await at.ask(name, { pace: otherPace })
  assert.deepEqual(at.passed, ['a', 'b', 'c', 'd'])
  for (const name of ['x1', 'x2']) await at.ask(name, { provider: 'x' })
  assert.deepEqual(at.passed.slice(4), ['x1'])
  at.permits.get('x1')?.succeeded()
  await settled()
  assert.deepEqual(at.passed.slice(4), ['x1', 'x2'])
  await end(at, 'a')
  assert.deepEqual(at.passed.slice(6), [], 'three hang still')
})

test('who gives up waiting stands in nobody’s way', async () => {
  const at = place()
  const gone = new AbortController()
  await at.ask('a')
  await at.ask('b')
  await at.ask('c', {}, gone.signal)
  await at.ask('d')
  gone.abort()
  await end(at, 'a')
  assert.deepEqual(at.passed, ['a', 'b', 'c gave up', 'd'])
  await at.ask('e', {}, gone.signal)
  assert.equal(at.passed.at(-1), 'e gave up')
})

test('a source that has had its share is passed over; where all have, that is said', async () => {
  const usedUp = new Set([one.key])
  const at = place({ isUsedUp: key => usedUp.has(key) })
  await at.ask('a', { sources: [one, two] })
  assert.equal(at.permits.get('a')?.source.key, two.key)
  usedUp.add(two.key)
  await at.ask('b', { sources: [one, two] })
  assert.equal(at.usedUp.get('b'), 1_000)
})

test('paces that nobody uses are forgotten when there are very many', async () => {
  const at = place()
  await at.ask('kept', { provider: 'kept' })
  for (let count = 0; count < limits.paces; count += 1) {
    const granted = await at.gates.pass({ ...passage, provider: String(count) })
    if (granted.kind === 'permit') granted[Symbol.dispose]()
  }
  const [first] = at.gates.paces()
  assert.equal(first?.provider, 'kept')
  assert.equal(first?.pace.active, 1)
  assert.equal(at.gates.paces('0').length, 0)
  assert.equal(at.gates.paces(String(limits.paces - 1)).length, 1)
})

test('while the thread has no time to spare, a few are served at once, the others as time comes', async () => {
  const { ask, clock, passed, permits } = place({ connections: 1_000 })
  const asked = limits.busyConnections + limits.spareMs + 10
  clock.setBusy(true)
  for (let number = 0; number < asked; number += 1)
    await ask(`${number}`, { provider: `p${number}.example`, hop: `direct:p${number}.example` })
  assert.equal(passed.length, limits.busyConnections + limits.spareMs / limits.openingMs)
  clock.advance(120)
  await settled()
  assert.equal(passed.length, limits.busyConnections + limits.spareMs / limits.openingMs + 2)
  clock.setBusy(false)
  clock.advance(2 * limits.spareAgainMs)
  await settled()
  assert.equal(passed.length, asked)
  for (const permit of permits.values()) permit[Symbol.dispose]()
})

test('while the thread has no time to spare, whom nobody has reached yet takes one of the few that there are', async () => {
  const { ask, clock, passed, permits } = place({ connections: 1_000 })
  clock.setBusy(true)
  const all = limits.busyConnections + limits.spareMs / limits.openingMs
  for (let number = 0; number < all; number += 1)
    await ask(`${number}`, { provider: `p${number}.example`, hop: `direct:p${number}.example` })
  assert.equal(passed.length, all)
  for (const [number, permit] of [...permits.values()].entries())
    if (number >= limits.busyConnections * limits.crowdedShare) permit[Symbol.dispose]()
  for (const name of ['one', 'two']) await ask(name, { provider: 'silent.example' })
  assert.deepEqual(passed.slice(all), ['one'])
})
