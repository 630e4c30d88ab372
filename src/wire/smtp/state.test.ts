import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseCommand } from './parse.ts'
import { flagsOf, isInTransaction, moveOf, type State, type Step, stepOf } from './state.ts'

/** Follows verbs, each taken unless marked with `-`; the name of a refusal stays where it is. `LAST` is BDAT with it. */
function follow(words: string): string {
  let state: State = 'connected'
  let last = ''
  for (const word of words.split(' ')) {
    const refused = word.startsWith('-')
    const verb = refused ? word.slice(1) : word
    // The table of tests names steps only.
    const move = moveOf(state, (verb === 'LAST' ? 'BDAT LAST' : verb) as Step)
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
    ['LHLO', 'greeted'],
    ['LHLO MAIL RCPT LHLO', 'greeted'],
    ['BDAT', 'connected greet-first'],
    ['EHLO BDAT', 'greeted sender-first'],
    ['EHLO MAIL LAST', 'sender recipient-first'],
    ['EHLO MAIL -RCPT BDAT', 'no-recipient no-valid-recipients'],
    ['EHLO MAIL -RCPT LAST', 'no-recipient no-valid-recipients'],
    ['EHLO MAIL RCPT LAST', 'greeted'],
    ['EHLO MAIL RCPT -LAST', 'greeted'],
    ['EHLO MAIL RCPT BDAT', 'chunks'],
    ['EHLO MAIL RCPT BDAT BDAT LAST', 'greeted'],
    ['EHLO MAIL RCPT BDAT -LAST', 'greeted'],
    ['EHLO MAIL RCPT BDAT DATA', 'chunks data-after-chunks'],
    ['EHLO MAIL RCPT BDAT RCPT', 'chunks recipient-after-chunks'],
    ['EHLO MAIL RCPT BDAT MAIL', 'chunks sender-given'],
    ['EHLO MAIL RCPT BDAT AUTH', 'chunks in-transaction'],
    ['EHLO MAIL RCPT BDAT STARTTLS', 'chunks in-transaction'],
    ['EHLO MAIL RCPT BDAT NOOP VRFY unknown', 'chunks'],
    ['EHLO MAIL RCPT BDAT RSET', 'greeted'],
    ['EHLO MAIL RCPT BDAT EHLO', 'greeted'],
    ['EHLO MAIL RCPT -BDAT', 'chunks-refused'],
    ['EHLO MAIL RCPT BDAT -BDAT', 'chunks-refused'],
    ['EHLO MAIL RCPT -BDAT BDAT LAST', 'chunks-refused chunk-after-failure'],
    ['EHLO MAIL RCPT -BDAT MAIL', 'chunks-refused chunk-after-failure'],
    ['EHLO MAIL RCPT -BDAT RCPT', 'chunks-refused chunk-after-failure'],
    ['EHLO MAIL RCPT -BDAT DATA', 'chunks-refused chunk-after-failure'],
    ['EHLO MAIL RCPT -BDAT AUTH', 'chunks-refused chunk-after-failure'],
    ['EHLO MAIL RCPT -BDAT NOOP HELP VRFY QUIT', 'chunks-refused'],
    ['EHLO MAIL RCPT -BDAT RSET MAIL', 'sender'],
    ['EHLO MAIL RCPT -BDAT EHLO', 'greeted'],
    ['EHLO MAIL RCPT -BDAT -EHLO', 'chunks-refused'],
    ['XCLIENT', 'connected'],
    ['EHLO XCLIENT', 'connected'],
    ['EHLO -XCLIENT', 'greeted'],
    ['EHLO XCLIENT MAIL', 'connected greet-first'],
    ['EHLO MAIL XCLIENT', 'sender in-transaction'],
    ['XFORWARD', 'connected greet-first'],
    ['EHLO XFORWARD MAIL', 'sender'],
    ['EHLO MAIL RCPT XFORWARD', 'recipients in-transaction'],
  ]
  for (const [words, wanted] of table) test(words, () => assert.equal(follow(words), wanted))
})

const states: readonly State[] = [
  'connected',
  'greeted',
  'sender',
  'no-recipient',
  'recipients',
  'chunks',
  'chunks-refused',
]

test('a transaction goes from MAIL to the end of the message', () => {
  assert.deepEqual(states.filter(isInTransaction), states.slice(2))
})

test('every transaction can be left by RSET and by a new hello', () => {
  for (const state of states) {
    for (const step of ['RSET', 'EHLO', 'HELO', 'LHLO'] as const) {
      const move = moveOf(state, step)
      assert.ok(typeof move !== 'string')
      assert.equal(isInTransaction(move.taken), false, `${step} in ${state}`)
    }
  }
})

test('a courtesy changes nothing, wherever it is', () => {
  for (const state of states) {
    for (const step of ['NOOP', 'HELP', 'VRFY', 'EXPN', 'QUIT', 'unknown'] as const)
      assert.deepEqual(moveOf(state, step), { taken: state, refused: state })
  }
})

test('a chunk is a step of its own when it is the last', () => {
  assert.equal(stepOf(parseCommand('BDAT 1')), 'BDAT')
  assert.equal(stepOf(parseCommand('BDAT 1 LAST')), 'BDAT LAST')
  assert.equal(stepOf(parseCommand('RSET')), 'RSET')
})

test('each protocol has its own hello; logging in is for submission, where mail needs it', () => {
  const offered = (to: string) =>
    Object.entries(flagsOf)
      .filter(([, flags]) => flags.offeredTo === to)
      .map(([step]) => step)
  assert.deepEqual(offered('smtp'), ['HELO', 'EHLO'])
  assert.deepEqual(offered('lmtp'), ['LHLO'])
  assert.deepEqual(offered('submission'), ['AUTH'])
  assert.equal(flagsOf.MAIL.needsLogin, true)
})
