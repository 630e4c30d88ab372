import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countsOf, testStep } from './test-steps.ts'

const outputs: readonly (readonly [output: string, code: number, wanted: { passed: number; failed: number }])[] = [
  ['ℹ pass 12\nℹ fail 0\nℹ cancelled 0\n', 0, { passed: 12, failed: 0 }],
  ['ℹ pass 12\nℹ fail 2\nℹ cancelled 1\n', 1, { passed: 12, failed: 3 }],
  // The runner fell over after its last test: green counts do not make it green.
  ['ℹ pass 12\nℹ fail 0\nℹ cancelled 0\n', 7, { passed: 12, failed: 1 }],
  ['', 0, { passed: 1, failed: 0 }],
  ['error TS1005\n', 2, { passed: 0, failed: 1 }],
]
for (const [output, code, wanted] of outputs) {
  test(`exit code ${code} after ${JSON.stringify(output)} counts as ${JSON.stringify(wanted)}`, () =>
    assert.deepEqual(countsOf(output, code), wanted))
}

test('a step that would run no test is refused', () => {
  assert.throws(() => testStep('nothing', [], 'no/such/*.test.ts'), /no file matches/)
})
