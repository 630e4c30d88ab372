import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { limits } from './limits.ts'
import { wantsToHear } from './notify.ts'
import { expiresAt, nextTry, tellDelayAt } from './schedule.ts'
import { type Event, move, type Outcome, type State } from './states.ts'

const moves: readonly (readonly [State, Event, boolean, Outcome])[] = [
  ['scheduled', 'delivery', false, 'gone'],
  ['scheduled', 'delivery', true, 'delivered'],
  ['deferred', 'delivery', true, 'delivered'],
  ['scheduled', 'refusal for now', true, 'deferred'],
  ['deferred', 'refusal for now', false, 'deferred'],
  ['scheduled', 'refusal for good', false, 'gone'],
  ['deferred', 'refusal for good', true, 'failed'],
  ['deferred', 'end of tries', true, 'failed'],
  ['failed', 'report', true, 'gone'],
  ['delivered', 'report', true, 'gone'],
]
for (const [from, event, wants, to] of moves) {
  test(`${from}, ${event}${wants ? ', to be reported' : ''}: ${to}`, () => assert.equal(move(from, event, wants), to))
}

test('what is delivered is not delivered again', () => {
  assert.throws(() => move('delivered', 'delivery', true), /no delivery of a recipient that is delivered/)
})

const notifyCases = [
  [undefined, false, true, true],
  [['NEVER'], false, false, false],
  [['SUCCESS'], true, false, false],
  [['FAILURE'], false, false, true],
  [['DELAY', 'FAILURE'], false, true, true],
] as const
for (const [notify, success, delay, failure] of notifyCases) {
  test(`NOTIFY=${notify?.join(',') ?? '(none)'}`, () => {
    const parameters = { notify, originalRecipient: undefined }
    assert.deepEqual(
      (['SUCCESS', 'DELAY', 'FAILURE'] as const).map(of => wantsToHear(parameters, of)),
      [success, delay, failure],
    )
  })
}

const message = { releaseAt: 1_000, arrivedAt: 0, parameters: noMailParameters, tries: 0 }

test('waits grow, by chance up to a tenth longer, and end at what is to be said', () => {
  const minute = 60_000
  assert.equal(nextTry(message, 1_000, 0), 1_000 + minute)
  assert.equal(nextTry(message, 1_000, 1), 1_000 + 1.1 * minute)
  assert.equal(nextTry({ ...message, tries: 2 }, 1_000, 0), 1_000 + 15 * minute)
  assert.equal(nextTry({ ...message, tries: 6 }, 2_000, 1), 1_000 + limits.tellDelayMs)
  const late = 1_000 + limits.giveUpMs - minute
  assert.equal(nextTry({ ...message, tries: 99 }, late, 0), 1_000 + limits.giveUpMs)
})

test('BY ends the tries or brings the notice forward, and never makes either later', () => {
  const by = (seconds: number, mode: 'return' | 'notify') => ({
    ...message,
    parameters: { ...noMailParameters, deliverBy: { seconds, mode, trace: false } },
  })
  assert.equal(expiresAt(by(60, 'return')), 60_000)
  assert.equal(expiresAt(by(999_999_999, 'return')), 1_000 + limits.giveUpMs)
  assert.equal(expiresAt(by(60, 'notify')), 1_000 + limits.giveUpMs)
  assert.equal(tellDelayAt(by(-60, 'notify')), -60_000)
  assert.equal(tellDelayAt(by(60, 'return')), 1_000 + limits.tellDelayMs)
})
