import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdable } from './descriptors.ts'
import { limits } from './limits.ts'

test('connections take no more descriptors than leave room for files', () => {
  const table: [descriptors: number | undefined, connections: number, refusalsAtOnce: number][] = [
    [undefined, 10_000, 100],
    [1_048_576, 10_000, 100],
    [13_397, 9_999, 100],
    [1_024, 720, 17],
    [256, 144, 3],
    [64, 1, 0],
    [20, 1, 0],
  ]
  for (const [descriptors, connections, refusalsAtOnce] of table) {
    const wanted = { connections, refusalsAtOnce }
    assert.deepEqual(holdable(descriptors, { connections: 10_000, listeners: 7 }), wanted, String(descriptors))
  }
})

test('for any limit, all that may be open at once fits', () => {
  for (let descriptors = limits.reservedDescriptors + 2; descriptors < 20_000; descriptors += 7) {
    for (const listeners of [1, 7, 40]) {
      const { connections, refusalsAtOnce } = holdable(descriptors, { connections: 10_000, listeners })
      assert.ok(limits.reservedDescriptors + connections + refusalsAtOnce * listeners <= descriptors)
    }
  }
})
