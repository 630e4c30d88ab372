import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Agenda } from './agenda.ts'

function takeAll(agenda: Agenda, now: number): readonly string[] {
  const taken: string[] = []
  for (let hop = agenda.take(now); hop !== undefined; hop = agenda.take(now)) taken.push(hop)
  return taken
}

test('the longest due comes first, each hop once, by the earliest that is known of it', () => {
  const agenda = new Agenda()
  for (const [hop, at] of [
    ['c', 30],
    ['a', 50],
    ['b', 20],
    ['a', 10],
    ['a', 40],
    ['d', 60],
    ['b', 25],
  ] as const)
    agenda.due(hop, at)
  assert.equal(agenda.nextAt, 10)
  assert.deepEqual(takeAll(agenda, 9), [])
  assert.deepEqual(takeAll(agenda, 30), ['a', 'b', 'c'])
  assert.equal(agenda.nextAt, 60)
  agenda.due('a', 5)
  assert.deepEqual(takeAll(agenda, 100), ['a', 'd'])
  assert.equal(agenda.nextAt, Number.POSITIVE_INFINITY)
})

test('many in any order come out in order', () => {
  const agenda = new Agenda()
  const at = (index: number) => (index * 7919) % 1_009
  for (let index = 0; index < 1_009; index += 1) agenda.due(`h${index}`, at(index))
  const times = takeAll(agenda, 2_000).map(hop => at(Number(hop.slice(1))))
  assert.equal(times.length, 1_009)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
})

test('a full agenda keeps what is due sooner, and knows when to look at the rows again', () => {
  const agenda = new Agenda(2)
  agenda.due('late', 100)
  agenda.due('soon', 10)
  assert.equal(agenda.takeLeftOut(1_000), false)
  agenda.due('sooner', 5)
  agenda.due('latest', 200)
  assert.deepEqual(takeAll(agenda, 50), ['sooner', 'soon'])
  assert.equal(agenda.nextAt, 100)
  assert.equal(agenda.takeLeftOut(99), false)
  assert.equal(agenda.takeLeftOut(100), true)
  assert.equal(agenda.takeLeftOut(1_000), false)
})
