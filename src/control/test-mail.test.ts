// How a test message is followed: tries as they are made, outcomes as they are written down.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import type { Try } from '#mail/outcome.ts'
import type { Carriage, Mail } from '#queue/carriage.ts'
import type { Settled } from '#queue/queue.ts'
import { limits } from './limits.ts'
import { TestMail } from './test-mail.ts'

const oneTry: Try = {
  at: 1,
  tookMs: 2,
  host: 'mx.far.test',
  address: '192.0.2.1:25',
  tls: undefined,
  transcript: '<- 220\n',
}

function settled(recipient: string, messageId = 'm1'): Settled {
  const outcome = { kind: 'delivered' as const, reply: '250 ok', peerReports: false }
  return {
    ...{ messageId, accountId: 1, origin: 'submission', sender: 'a@example.test', recipient, outcome },
    isFinal: true,
  }
}

/** A courier that says what it is told. */
function carriageOf(tries: readonly Try[]): Carriage {
  return {
    route: () => ({ kind: 'held', reason: 'no' }),
    schedule: () => ({ retryMs: [1], jitter: 0, tellDelayMs: 1, giveUpMs: 1 }),
    courier: async () => ({
      mostRecipients: 7,
      isUsable: true,
      carry: async () => ({ outcomes: [], tries, isOfHop: false }),
      [Symbol.asyncDispose]: async () => undefined,
    }),
    lookAgain: () => undefined,
  }
}

test('tries and outcomes come in order, each once, and the last one ends it', async () => {
  const tests = new TestMail(manualClock())
  tests.begin('m1', ['b@far.test', 'c@far.test'])
  await using courier = await tests.watching(carriageOf([oneTry])).courier('far.test', AbortSignal.abort())
  assert.deepEqual([courier.mostRecipients, courier.isUsable], [7, true])
  const first = tests.follow('m1', 0)
  // Only the id is looked at.
  await courier.carry({ messageId: 'm1' } as Mail)
  await courier.carry({ messageId: 'another' } as Mail)
  assert.deepEqual(await first, { steps: [{ kind: 'try', ...oneTry, tls: null }], isOver: false })
  tests.settled(settled('b@far.test'))
  tests.settled(settled('b@far.test', 'another'))
  const second = await tests.follow('m1', 1)
  assert.deepEqual(
    second?.steps.map(step => (step.kind === 'outcome' ? [step.recipient, step.outcome, step.reply] : step)),
    [['b@far.test', 'delivered', '250 ok']],
  )
  assert.equal(second?.isOver, false)
  tests.expectNothing('m1', 'c@far.test')
  assert.deepEqual(await tests.follow('m1', 2), { steps: [], isOver: true })
  assert.equal(await tests.follow('another', 0), undefined)
})

test('who asks waits a while, not for ever; the oldest are followed no more', async () => {
  const clock = manualClock()
  const tests = new TestMail(clock)
  tests.begin('m0', ['b@far.test'])
  const waiting = tests.follow('m0', 0)
  clock.advance(limits.followMs)
  assert.deepEqual(await waiting, { steps: [], isOver: false })
  for (let count = 1; count <= limits.followedTests; count += 1) tests.begin(`m${count}`, ['b@far.test'])
  assert.equal(await tests.follow('m0', 0), undefined)
  const last = tests.follow(`m${limits.followedTests}`, 0)
  for (let count = 0; count < limits.testSteps + 5; count += 1) tests.settled(settled('x@far.test', 'm5'))
  assert.equal((await tests.follow('m5', 0))?.steps.length, limits.testSteps)
  tests.end(`m${limits.followedTests}`)
  assert.deepEqual(await last, { steps: [], isOver: false })
  const stopped = tests.follow('m6', 0)
  tests[Symbol.dispose]()
  assert.deepEqual(await stopped, { steps: [], isOver: false })
  assert.equal(await tests.follow('m6', 0), undefined)
})
