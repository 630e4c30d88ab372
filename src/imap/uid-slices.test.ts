import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uidsPerWrite } from './limits.ts'
import { uidSlices } from './uid-slices.ts'

test('every UID is in one slice, in order, and no slice is empty or too long', () => {
  for (const count of [0, 1, uidsPerWrite, uidsPerWrite + 1, 3 * uidsPerWrite]) {
    const uids = Array.from({ length: count }, (_, index) => index + 1)
    const slices = [...uidSlices(uids)]
    assert.deepEqual(slices.flat(), uids)
    assert.ok(slices.every(({ length }) => length > 0 && length <= uidsPerWrite))
  }
})
