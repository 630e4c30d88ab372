import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { joinContinuations } from './continuations.ts'

describe('pieces of a parameter', () => {
  const table: readonly [string, readonly [string, string][], readonly [string, string][]][] = [
    [
      'none',
      [
        ['a', '1'],
        ['b*', "utf-8''x"],
      ],
      [
        ['a', '1'],
        ['b*', "utf-8''x"],
      ],
    ],
    [
      'plain ones',
      [
        ['x', '1'],
        ['url*0', 'ftp://'],
        ['y', '2'],
        ['url*1', 'a.b'],
      ],
      [
        ['x', '1'],
        ['url', 'ftp://a.b'],
        ['y', '2'],
      ],
    ],
    [
      'in any order',
      [
        ['n*1', 'b'],
        ['n*0', 'a'],
      ],
      [['n', 'ab']],
    ],
    [
      'encoded and plain',
      [
        ['t*0*', "us-ascii'en'a%20"],
        ['t*1*', '%2A'],
        ['t*2', "isn't!"],
      ],
      [['t*', "us-ascii'en'a%20%2Aisn%27t!"]],
    ],
    [
      'a plain one first',
      [
        ['t*0', 'a b'],
        ['t*1*', '%C3%A4'],
      ],
      [['t*', "''a%20b%C3%A4"]],
    ],
    [
      'with a gap',
      [
        ['n*0', 'a'],
        ['n*2', 'c'],
        ['n*1', 'b'],
        ['n*4', 'e'],
      ],
      [
        ['n', 'abc'],
        ['n*4', 'e'],
      ],
    ],
    [
      'without the first',
      [
        ['n*1', 'b'],
        ['n*2', 'c'],
      ],
      [
        ['n*1', 'b'],
        ['n*2', 'c'],
      ],
    ],
    [
      'twice',
      [
        ['n*0', 'a'],
        ['n*0', 'x'],
        ['n*1', 'b'],
      ],
      [['n', 'ab']],
    ],
    [
      'beside a whole one',
      [
        ['n', 'w'],
        ['n*0', 'a'],
        ['n*1', 'b'],
      ],
      [
        ['n', 'w'],
        ['n', 'ab'],
      ],
    ],
    [
      'with odd numbers',
      [
        ['n*00', 'a'],
        ['n*x', 'b'],
        ['*0', 'c'],
      ],
      [
        ['n*00', 'a'],
        ['n*x', 'b'],
        ['*0', 'c'],
      ],
    ],
  ]
  for (const [name, given, wanted] of table)
    test(name, () => {
      const pairs = joinContinuations(given.map(([name, value]) => ({ name, value })))
      assert.deepEqual(
        pairs.map(({ name, value }) => [name, value]),
        wanted,
      )
    })

  test('thousands are joined in no time', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ name: `n*${index}`, value: 'x' }))
    assert.deepEqual(joinContinuations(many), [{ name: 'n', value: 'x'.repeat(1000) }])
  })
})
