import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { missingParents, namePattern } from './name-pattern.ts'

describe('a pattern of LIST matches', () => {
  const table: readonly [string, string, boolean][] = [
    ['*', 'a/b/c', true],
    ['*', '', true],
    ['%', 'a', true],
    ['%', 'a/b', false],
    ['%/%', 'a/b', true],
    ['%/%', 'a/b/c', false],
    ['a/%', 'a/b', true],
    ['a/%', 'a/', true],
    ['a/%', 'a', false],
    ['a*', 'a/b', true],
    ['a%', 'a/b', false],
    ['a%', 'abc', true],
    ['*c', 'a/b/c', true],
    ['%c', 'a/b/c', false],
    ['*%', 'a/b', true],
    ['%*', 'a/b', true],
    ['a', 'a', true],
    ['a', 'A', false],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['*/b/*', 'a/b/c', true],
    ['*a*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(900), false],
    ['%%', 'ab', true],
    ['%%', 'a/b', false],
    ['a%*%b', 'a/x/b', true],
    ['aa%', 'a', false],
    ['%a%a/', 'aba/', true],
  ]
  for (const [pattern, name, wanted] of table)
    test(`${pattern.slice(0, 30)} and ${name.slice(0, 30)}`, () => assert.equal(namePattern(pattern)(name), wanted))
})

test('parents that nobody made are found', () => {
  assert.deepEqual([...missingParents(['a/b/c', 'a', 'x/y', 'INBOX'])], ['a/b', 'x'])
})
