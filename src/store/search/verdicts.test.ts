import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceSet } from './place-set.ts'
import type { TextVerdict } from './text-query.ts'
import { Verdicts } from './verdicts.ts'

function setOf(places: readonly number[]): PlaceSet {
  const set = new PlaceSet(4)
  for (const place of places) set.add(place)
  return set
}

function learnt(): Verdicts {
  const verdicts = new Verdicts(12)
  verdicts.learn({ lastId: 20, ids: Float64Array.of(10, 12, 15, 20) }, { yes: setOf([0, 1]), ask: setOf([1, 2]) })
  // All its messages are gone.
  verdicts.learn({ lastId: 29, ids: new Float64Array(0) }, { yes: setOf([]), ask: setOf([]) })
  verdicts.learn({ lastId: 40, ids: Float64Array.of(30, 31, 39) }, { yes: setOf([2]), ask: setOf([0]) })
  return verdicts
}

const wanted: readonly (readonly [id: number, verdict: TextVerdict])[] = [
  [10, 'ask'],
  [12, 'yes'],
  [14, 'no'],
  [15, 'ask'],
  [20, 'no'],
  [25, 'no'],
  [30, 'ask'],
  [31, 'no'],
  [39, 'yes'],
  [40, 'no'],
  [41, 'ask'],
]

const orders = {
  ascending: wanted,
  descending: wanted.toReversed(),
  mixed: [...wanted, ...wanted.toReversed(), ...wanted],
}

for (const [order, questions] of Object.entries(orders)) {
  test(`what was learnt is told, asked in ${order} order`, () => {
    const verdicts = learnt()
    for (const [id, verdict] of questions) assert.equal(verdicts.of(id), verdict, `of ${id}`)
    // Every answer after every other.
    for (const [before] of questions) {
      for (const [id, verdict] of questions) {
        verdicts.of(before)
        assert.equal(verdicts.of(id), verdict, `of ${id} after ${before}`)
      }
    }
  })
}

test('where nothing was learnt every message is asked', () => {
  assert.equal(new Verdicts(0).of(1), 'ask')
})
