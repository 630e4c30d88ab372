// Aliases with several targets, forwards, and what accounts may send, by the commands, on an installation whose server does not run.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fakeTerminal } from './fake-terminal.ts'
import { run } from './run.ts'

describe('what accounts send, and where their mail goes', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-cli-'))
    await posthouse('domain add example.test')
    for (const name of ['alice', 'bob']) await posthouse(`account add ${name}@example.test`, 'long enough')
  })
  after(async () => await rm(folder, { recursive: true }))

  const posthouse = async (line: string, piped?: string) => {
    const terminal = fakeTerminal({ folder, ...(piped === undefined ? {} : { piped }) })
    const code = await run([...line.split(' '), '--data', folder], terminal)
    return { code, printed: terminal.printed, said: terminal.said }
  }
  const check = async (steps: readonly (readonly [line: string, code: number, printed: readonly string[]])[]) => {
    for (const [line, code, printed] of steps) {
      const ended = await posthouse(line)
      assert.equal(ended.code, code, `${line}: ${ended.said.join('\n')}`)
      assert.deepEqual(ended.printed, printed, line)
    }
  }

  test('an alias leads to several addresses', async () => {
    await check([
      [
        'alias add team@example.test alice@example.test bob@example.test zoe@far.test',
        0,
        ['team@example.test leads to alice@example.test, bob@example.test, zoe@far.test'],
      ],
      [
        'alias list --json',
        0,
        ['{"alias":"team@example.test","targets":["alice@example.test","bob@example.test","zoe@far.test"]}'],
      ],
      ['alias add x@example.test', 64, []],
      ['alias add x@example.test nobody@example.test', 67, []],
      ['alias add x@example.test x@example.test', 65, []],
      ['alias remove team@example.test', 0, ['team@example.test removed']],
    ])
  })

  test('an account forwards', async () => {
    await check([
      ['account forward alice@example.test', 0, ['mail to alice@example.test ends in its mailbox']],
      [
        'account forward alice@example.test a@far.test',
        0,
        ['mail to alice@example.test goes on to a@far.test; a copy stays'],
      ],
      [
        'account forward alice@example.test a@far.test bob@example.test --no-copy',
        0,
        ['mail to alice@example.test goes on to bob@example.test, a@far.test; no copy stays'],
      ],
      [
        'account forward ALICE@example.test --json',
        0,
        ['{"address":"alice@example.test","targets":["bob@example.test","a@far.test"],"keepsCopy":false}'],
      ],
      ['account forward alice@example.test --no-copy', 64, []],
      ['account forward alice@example.test a@far.test --off', 64, []],
      ['account forward alice@example.test nobody@example.test', 67, []],
      ['account forward alice@example.test alice@example.test', 65, []],
      ['account forward nobody@example.test a@far.test', 67, []],
      ['account forward alice@example.test --off', 0, ['mail to alice@example.test ends in its mailbox']],
    ])
  })

  test('account show tells where the mail goes on to', async () => {
    await posthouse('account forward bob@example.test a@far.test alice@example.test')
    const { printed } = await posthouse('account show bob@example.test')
    assert.match(printed.join('\n'), /\nforwards to +alice@example\.test \(a copy stays\)\n +a@far\.test\n/)
    await posthouse('account forward bob@example.test --off')
    assert.doesNotMatch((await posthouse('account show bob@example.test')).printed.join('\n'), /forwards/)
  })

  test('how much it may send, and whether it is held', async () => {
    const limited = 'account limits alice@example.test --messages-per-hour 5 --recipients-per-day 7'
    assert.deepEqual((await posthouse(limited)).printed, [
      'account                    alice@example.test',
      'guard                      on',
      'messages within an hour    0 of 5, set for this account',
      'messages within a day      0',
      'recipients within an hour  0',
      'recipients within a day    0 of 7, set for this account',
    ])
    await check([
      ['account limits alice@example.test --messages-per-hour lots', 64, []],
      ['account limits nobody@example.test', 67, []],
      ['account guard alice@example.test maybe', 64, []],
    ])
    const off = JSON.parse((await posthouse('account guard alice@example.test off --json')).printed[0] ?? '')
    assert.deepEqual([off.guard, off.messagesPerHour, off.own], ['off', 5, ['messagesPerHour', 'recipientsPerDay']])
    const on = JSON.parse((await posthouse('account guard alice@example.test on --json')).printed[0] ?? '')
    assert.equal(on.guard, 'on')
    const reset = await posthouse('account limits alice@example.test --messages-per-hour default --json')
    assert.deepEqual(JSON.parse(reset.printed[0] ?? '').own, ['recipientsPerDay'])
  })
})
