import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { progressMs } from './limits.ts'
import { Progress } from './progress.ts'

test('a command that takes long tells now and then how far it is, under its tag', () => {
  const clock = manualClock()
  const progress = new Progress(clock)
  progress.begin('a1')
  clock.advance(progressMs - 1)
  assert.equal(progress.response(1, 10), undefined)
  clock.advance(1)
  assert.equal(progress.response(2, 10), '* OK [INPROGRESS ("a1" 2 10)] Still at work\r\n')
  assert.equal(progress.response(3, 10), undefined)
  clock.advance(progressMs)
  assert.equal(progress.response(4, undefined), '* OK [INPROGRESS ("a1" 4 NIL)] Still at work\r\n')
  clock.advance(progressMs - 1)
  progress.begin('a2')
  clock.advance(progressMs - 1)
  assert.equal(progress.response(0, 5), undefined, 'the next command has its own time')
  clock.advance(1)
  assert.equal(progress.response(0, 5), '* OK [INPROGRESS ("a2" 0 5)] Still at work\r\n')
})
