import assert from 'node:assert/strict'
import { test } from 'node:test'
import { steps } from './state.ts'

const session = ['STAT', 'LIST', 'UIDL', 'RETR', 'TOP', 'DELE', 'RSET', 'NOOP']

const allowed: readonly [state: keyof typeof steps, verbs: readonly string[]][] = [
  ['authorization', ['CAPA', 'STLS', 'UTF8', 'LANG', 'USER', 'AUTH', 'QUIT']],
  ['named', ['CAPA', 'STLS', 'UTF8', 'LANG', 'USER', 'PASS', 'AUTH', 'QUIT']],
  ['exchange', ['RESPONSE']],
  ['transaction', ['CAPA', 'LANG', ...session, 'QUIT']],
  ['closed', []],
]

for (const [state, verbs] of allowed) {
  test(`pop3 state ${state}: what is allowed`, () => assert.deepEqual(Object.keys(steps[state]), verbs))
}

test('pop3 state: only a login leads to the maildrop, and nothing but QUIT leads out', () => {
  for (const [state, verbs] of Object.entries(steps)) {
    for (const [verb, step] of Object.entries(verbs)) {
      const enters = state !== 'transaction' && step.done === 'transaction'
      assert.equal(enters, ['PASS', 'AUTH', 'RESPONSE'].includes(verb), `${state} ${verb}`)
      if (state === 'transaction') assert.equal(step.done === 'transaction', verb !== 'QUIT', verb)
      else assert.notEqual(step.refused, 'transaction', `${state} ${verb}`)
    }
  }
})
