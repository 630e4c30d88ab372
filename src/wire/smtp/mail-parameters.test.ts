import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import type { Parameter } from './command.ts'
import { readMailParameters } from './mail-parameters.ts'

const parameter = (keyword: string, value?: string): Parameter => ({ keyword, value })

describe('the parameters of MAIL', () => {
  const table: readonly [name: string, given: readonly Parameter[], wanted: unknown][] = [
    ['none', [], { kind: 'read', parameters: { declaredBytes: 0, body: '7BIT' } }],
    ['SIZE', [parameter('SIZE', '123')], { kind: 'read', parameters: { declaredBytes: 123, body: '7BIT' } }],
    ['BODY', [parameter('BODY', '8bitMime')], { kind: 'read', parameters: { declaredBytes: 0, body: '8BITMIME' } }],
    ['AUTH', [parameter('AUTH', 'a+2Bb')], { kind: 'read', parameters: { declaredBytes: 0, body: '7BIT' } }],
    ['RET', [parameter('RET', 'FULL')], { kind: 'unknown', keyword: 'RET' }],
  ]
  for (const [name, given, wanted] of table) test(name, () => assert.deepEqual(readMailParameters(given), wanted))

  const malformed: readonly Parameter[] = [
    parameter('SIZE'),
    parameter('SIZE', '-1'),
    parameter('SIZE', '1e3'),
    parameter('SIZE', '1'.repeat(21)),
    parameter('BODY', 'BINARYMIME'),
    parameter('BODY'),
  ]
  for (const given of malformed)
    test(`${given.keyword}=${given.value} makes no sense`, () =>
      assert.throws(() => readMailParameters([given]), ParseError))
})
