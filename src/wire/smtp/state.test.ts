import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Verb } from './command.ts'
import { isInTransaction, moveOf, type State } from './state.ts'

/** Follows verbs, each taken unless marked with `-`; the name of a refusal stays where it is. */
function follow(words: string): string {
  let state: State = 'connected'
  let last = ''
  for (const word of words.split(' ')) {
    const refused = word.startsWith('-')
    // The table of tests names verbs only.
    const move = moveOf(state, (refused ? word.slice(1) : word) as Verb)
    last = typeof move === 'string' ? ` ${move}` : ''
    if (typeof move !== 'string') state = refused ? move.refused : move.taken
  }
  return state + last
}

describe('the state table', () => {
  const table: readonly [words: string, wanted: string][] = [
    ['EHLO', 'greeted'],
    ['-EHLO', 'connected'],
    ['MAIL', 'connected greet-first'],
    ['NOOP', 'connected'],
    ['EHLO MAIL', 'sender'],
    ['EHLO -MAIL', 'greeted'],
    ['EHLO MAIL MAIL', 'sender sender-given'],
    ['EHLO RCPT', 'greeted sender-first'],
    ['EHLO DATA', 'greeted sender-first'],
    ['EHLO MAIL DATA', 'sender recipient-first'],
    ['EHLO MAIL RCPT', 'recipients'],
    ['EHLO MAIL -RCPT', 'no-recipient'],
    ['EHLO MAIL -RCPT DATA', 'no-recipient no-valid-recipients'],
    ['EHLO MAIL -RCPT RCPT', 'recipients'],
    ['EHLO MAIL RCPT -RCPT', 'recipients'],
    ['EHLO MAIL RCPT DATA', 'greeted'],
    ['EHLO MAIL RCPT -DATA', 'greeted'],
    ['EHLO MAIL RCPT RSET', 'greeted'],
    ['EHLO MAIL RCPT EHLO', 'greeted'],
    ['EHLO MAIL RCPT -EHLO', 'recipients'],
    ['EHLO MAIL RCPT NOOP VRFY HELP', 'recipients'],
    ['EHLO MAIL RCPT unknown', 'recipients'],
    ['EHLO STARTTLS', 'connected'],
    ['EHLO -STARTTLS', 'greeted'],
    ['EHLO MAIL STARTTLS', 'sender in-transaction'],
    ['EHLO AUTH', 'greeted'],
    ['EHLO MAIL AUTH', 'sender in-transaction'],
  ]
  for (const [words, wanted] of table) test(words, () => assert.equal(follow(words), wanted))
})

test('a transaction goes from MAIL to the end of DATA', () => {
  const states: readonly State[] = ['connected', 'greeted', 'sender', 'no-recipient', 'recipients']
  assert.deepEqual(states.filter(isInTransaction), ['sender', 'no-recipient', 'recipients'])
})
