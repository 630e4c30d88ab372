import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from './secret.ts'

test('a secret shows itself nowhere but where it is asked for', () => {
  const secret = new Secret('pa55')
  assert.equal(secret.reveal(), 'pa55')
  const prints = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), inspect([secret], { showHidden: true })]
  for (const text of prints) {
    assert.match(text, /\[secret\]/)
    assert.doesNotMatch(text, /pa55/)
  }
})
