import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { limits } from './limits.ts'
import { wantsToHear } from './notify.ts'
import { expiresAt, nextTry, tellDelayAt, usualSchedule } from './schedule.ts'
import { type Event, move, type Outcome, type State } from './states.ts'

const moves: readonly (readonly [State, Event, boolean, Outcome])[] = [
  ['scheduled', 'lease', false, 'active'],
  ['ready', 'lease', false, 'active'],
  ['deferred', 'lease', false, 'active'],
  ['active', 'end of lease', true, 'ready'],
  ['active', 'delivery', false, 'gone'],
  ['active', 'delivery', true, 'delivered'],
  ['active', 'refusal for now', false, 'deferred'],
  ['active', 'refusal for good', false, 'gone'],
  ['active', 'refusal for good', true, 'failed'],
  ['active', 'end of tries', true, 'expired'],
  ['active', 'end of tries', false, 'gone'],
  ['active', 'hold', true, 'active'],
  ['held', 'release', false, 'ready'],
  ['held', 'bounce', true, 'failed'],
  ['held', 'bounce', false, 'gone'],
  ['deferred', 'retry', true, 'ready'],
  ['failed', 'report', true, 'gone'],
  ['expired', 'report', true, 'gone'],
  ['delivered', 'report', true, 'gone'],
  ['delivered', 'drop', true, 'gone'],
]
for (const [from, event, wants, to] of moves) {
  test(`${from}, ${event}${wants ? ', to be reported' : ''}: ${to}`, () => assert.equal(move(from, event, wants), to))
}

for (const [from, event] of [
  ['delivered', 'delivery'],
  ['held', 'lease'],
  ['ready', 'delivery'],
  ['expired', 'retry'],
] as const) {
  test(`there is no ${event} of what is ${from}`, () => {
    assert.throws(() => move(from, event, true), new RegExp(`no ${event} of a recipient that is ${from}`))
  })
}

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

const message = { releaseAt: 1_000, arrivedAt: 0, parameters: noMailParameters }

test('waits grow, by chance up to a tenth longer, and end at what is to be said', () => {
  const minute = 60_000
  const next = (tries: number, now: number, chance: number) => nextTry(usualSchedule, message, { tries, now, chance })
  assert.equal(next(0, 1_000, 0), 1_000 + minute)
  assert.equal(next(0, 1_000, 1), 1_000 + 1.1 * minute)
  assert.equal(next(2, 1_000, 0), 1_000 + 15 * minute)
  assert.equal(next(6, 2_000, 1), 1_000 + limits.tellDelayMs)
  assert.equal(next(99, 1_000 + limits.giveUpMs - minute, 0), 1_000 + limits.giveUpMs)
})

test('BY ends the tries or brings the notice forward, and never makes either later', () => {
  const by = (seconds: number, mode: 'return' | 'notify') => ({
    ...message,
    parameters: { ...noMailParameters, deliverBy: { seconds, mode, trace: false } },
  })
  assert.equal(expiresAt(usualSchedule, by(60, 'return')), 60_000)
  assert.equal(expiresAt(usualSchedule, by(999_999_999, 'return')), 1_000 + limits.giveUpMs)
  assert.equal(expiresAt(usualSchedule, by(60, 'notify')), 1_000 + limits.giveUpMs)
  assert.equal(tellDelayAt(usualSchedule, by(-60, 'notify')), -60_000)
  assert.equal(tellDelayAt(usualSchedule, by(60, 'return')), 1_000 + limits.tellDelayMs)
})
