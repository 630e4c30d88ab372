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
  assert.equal(progress.response(4, 10), '* OK [INPROGRESS ("a1" 4 10)] Still at work\r\n')
  clock.advance(progressMs - 1)
  progress.begin('a2')
  clock.advance(progressMs - 1)
  assert.equal(progress.response(0, 5), undefined, 'the next command has its own time')
  clock.advance(1)
  assert.equal(progress.response(0, 5), '* OK [INPROGRESS ("a2" 0 5)] Still at work\r\n')
})

test('what the last step has done is not told', () => {
  const clock = manualClock()
  const progress = new Progress(clock)
  progress.begin('a')
  clock.advance(progressMs)
  assert.equal(progress.response(10, 10), undefined)
  assert.equal(progress.response(9, 10), '* OK [INPROGRESS ("a" 9 10)] Still at work\r\n')
})

test('the numbers of a tag never fall back: a second round of the work has none', () => {
  const clock = manualClock()
  const progress = new Progress(clock)
  const lines = (rounds: readonly (readonly [number, number | undefined])[]) => {
    progress.begin('a')
    return rounds.map(([done, total]) => {
      clock.advance(progressMs)
      return progress.response(done, total)?.slice('* OK [INPROGRESS ("a" '.length, -')] Still at work\r\n'.length)
    })
  }
  const again = [
    [4, 10],
    [8, 10],
    [2, 10],
    [9, 10],
  ] as const
  assert.deepEqual(lines(again), ['4 10', '8 10', 'NIL NIL', 'NIL NIL'])
  const further = [
    [4, 10],
    [5, 7],
    [6, 7],
  ] as const
  assert.deepEqual(lines(further), ['4 10', 'NIL NIL', 'NIL NIL'])
  const unknown = [
    [4, undefined],
    [5, undefined],
    [6, 7],
  ] as const
  assert.deepEqual(lines(unknown), ['4 NIL', '5 NIL', 'NIL NIL'])
})

test('a tag that would end the code is not named, nor is there one outside a command', () => {
  const clock = manualClock()
  const progress = new Progress(clock)
  for (const tag of ['a]b', undefined]) {
    progress.begin(tag)
    clock.advance(progressMs)
    assert.equal(progress.response(1, 2), '* OK [INPROGRESS (NIL 1 2)] Still at work\r\n')
  }
})
