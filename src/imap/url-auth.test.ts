import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMeantBy } from './url-auth.ts'

const giver = { address: 'alice@example.test' }
const table: readonly (readonly [user: string, address: string, wanted: boolean])[] = [
  ['bob', 'bob@example.test', true],
  ['Bob', 'bob@example.test', true],
  ['bob@other.test', 'bob@other.test', true],
  // Another customer of the same server.
  ['bob', 'bob@other.test', false],
  ['bob@example.test', 'bob@other.test', false],
  ['bob', 'bobby@example.test', false],
]
for (const [user, address, wanted] of table) {
  test(`user+${user} of alice@example.test is ${wanted ? '' : 'not '}${address}`, () => {
    assert.equal(isMeantBy(giver, user, { address }), wanted)
  })
}
