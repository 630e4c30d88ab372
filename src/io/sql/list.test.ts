import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from './limits.ts'
import { listOf, slices } from './list.ts'

const find = listOf`SELECT x FROM t WHERE a = ${0} AND b IN (${0}) ORDER BY x`

test('a list is padded to a power of two with its last value', () => {
  const { strings, values } = find(['a'], [1, 2, 3])
  assert.equal(strings.join('?'), 'SELECT x FROM t WHERE a = ? AND b IN (?, ?, ?, ?) ORDER BY x')
  assert.deepEqual(values, ['a', 1, 2, 3, 3])
  assert.equal(strings.length, values.length + 1)
})

test('lists of one size share one text', () => {
  assert.equal(find(['a'], [1, 2, 3]).strings, find(['b'], [5, 6, 7, 8]).strings)
  assert.equal(find(['a'], [1]).strings.join('?'), 'SELECT x FROM t WHERE a = ? AND b IN (?) ORDER BY x')
})

test('a list that is empty or too long is refused', () => {
  assert.throws(() => find(['a'], []), RangeError)
  assert.throws(() => find(['a'], new Array(limits.listValues + 1).fill(0)), RangeError)
})

test('slices cut a list into lists that fit', () => {
  const all = Array.from({ length: limits.listValues * 2 + 1 }, (_, index) => index)
  const cut = [...slices(all)]
  assert.deepEqual(
    cut.map(slice => slice.length),
    [limits.listValues, limits.listValues, 1],
  )
  assert.deepEqual(cut.flat(), all)
  assert.deepEqual([...slices([])], [])
})
