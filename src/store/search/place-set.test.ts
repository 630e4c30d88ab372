import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceSet } from './place-set.ts'

const count = 21

function setOf(...places: readonly number[]): PlaceSet {
  const set = new PlaceSet(count)
  for (const place of places) set.add(place)
  return set
}

function placesIn(set: PlaceSet): readonly number[] {
  return Array.from({ length: 3 * 8 }, (_, place) => place).filter(place => set.has(place))
}

test('places come, go, and are kept, one by one and together', () => {
  const set = setOf(0, 7, 8, 20)
  assert.deepEqual(placesIn(set), [0, 7, 8, 20])
  set.remove(7)
  set.remove(1)
  set.addAll(setOf(3, 8))
  assert.deepEqual(placesIn(set), [0, 3, 8, 20])
  set.removeAll(setOf(0, 1))
  assert.deepEqual(placesIn(set), [3, 8, 20])
  set.keep(setOf(3, 4, 20))
  assert.deepEqual(placesIn(set), [3, 20])
})

for (const places of [0, 1, 8, 21, 24]) {
  test(`all of ${places} places, and none beyond`, () => {
    assert.deepEqual(
      placesIn(PlaceSet.all(places)),
      Array.from({ length: places }, (_, place) => place),
    )
    assert.equal(PlaceSet.all(places).isEmpty, places === 0)
  })
}

test('a set covers what is in it', () => {
  assert.ok(setOf(1, 2, 20).covers(setOf(1, 20)))
  assert.ok(setOf().covers(setOf()))
  assert.equal(setOf(1, 2).covers(setOf(1, 20)), false)
  assert.ok(PlaceSet.all(count).covers(setOf(0, 20)))
})
