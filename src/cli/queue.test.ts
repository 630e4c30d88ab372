// The commands on the queue of an installation whose server does not run: one filter for all, what they print, and what is done at the next start.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { sql } from '#io/sql/database.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { unroutedHop } from '#queue/unrouted.ts'
import { fakeTerminal } from './fake-terminal.ts'
import { run } from './run.ts'

const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\dZ`
const hourMs = 3_600_000

describe('posthouse queue', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-'))
    const place = await TemporaryQueue.open({ folder, clock: manualClock(Date.now() - 3 * hourMs) })
    const text = 'Subject: tea\x1b[31m\u202e\r\n\r\n'
    await place.hold({ text, to: { 'bob@far.test': {}, 'carol@near.test': {} }, inMs: 24 * hourMs })
    await place.hold({ text: 'Subject: two\r\n\r\n', to: { 'bob@far.test': {} }, sender: '', inMs: 24 * hourMs })
    await place.hold({ text: 'Subject: three\r\n\r\n', to: { 'dora@near.test': {} }, heldFor: 'asked her' })
    await place[Symbol.asyncDispose]()
  })
  after(async () => await rm(folder, { recursive: true }))

  const posthouse = async (line: string, answers?: readonly string[]) => {
    const terminal = fakeTerminal({ folder, ...(answers === undefined ? {} : { answers }) })
    // Quotes hold a value with spaces together.
    const words = (line.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replaceAll('"', ''))
    const code = await run([...words, '--data', folder], terminal)
    return { code, printed: terminal.printed, shown: [...terminal.printed, ...terminal.said].join('\n') }
  }
  const ids = async (filter: string) =>
    (await posthouse(`queue list ${filter} --json`)).printed.map(line => JSON.parse(line).messageId)

  test('the filters: all that are given fit one recipient', async () => {
    const table: [string, string[]][] = [
      ['', ['m1', 'm2', 'm3']],
      ['--domain FAR.test', ['m1', 'm2']],
      ['--recipient BOB@far.test', ['m1', 'm2']],
      ['--sender <>', ['m2']],
      ['--sender alice@example.test --domain near.test', ['m1', 'm3']],
      ['--state held', ['m3']],
      ['--state scheduled --domain near.test', ['m1']],
      ['--account alice@example.test', ['m1', 'm2', 'm3']],
      ['--account bob@example.test', []],
      ['--class network', []],
      ['--older-than "2 h"', ['m1', 'm2', 'm3']],
      ['--older-than 1d', []],
    ]
    for (const [filter, wanted] of table) assert.deepEqual(await ids(filter), wanted, filter)
  })

  test('what is wrong is said before anything is done', async () => {
    const table: [string, number, RegExp][] = [
      ['queue list --state lost', 64, /there is no state "lost"\nnext: one of scheduled, ready, active, /],
      ['queue list --class bad', 64, /there is no class "bad"\nnext: one of recipient-unknown, /],
      ['queue list --older-than 5', 64, /--older-than "5" is no time\nnext: write it like "30 min"/],
      ['queue list --sender alice', 65, /--sender "alice" is no mail address\nnext: write it like bob@example\.org/],
      ['queue drop --recipient @far.test --yes', 65, /--recipient "@far\.test" is no mail address/],
      ['probe mx far.test --sender alice', 65, /--sender "alice" is no mail address/],
      ['queue hold --domain a..b', 65, /--domain "a\.\.b" is no domain name\nnext: write it like example\.org/],
      ['queue list --account nobody@example.test', 67, /there is no account nobody@example\.test/],
      ['queue show m9', 65, /no message m9 waits; it may have been delivered meanwhile\nnext: posthouse queue list/],
      ['queue release', 64, /which messages\?\nnext: name an ID, filters such as --domain, or --all --yes/],
      ['queue release --all', 64, /--all is every message of the queue, and needs --yes\nnext: posthouse queue stats/],
      ['queue release m1 --all --yes', 64, /--all goes with nothing else/],
      ['queue drop --all', 64, /needs --yes/],
      ['queue retry m9', 65, /no message m9 waits/],
      ['queue retry m1 --reason x', 64, /there is no option --reason/],
    ]
    for (const [line, code, wanted] of table) {
      const ended = await posthouse(line)
      assert.equal(ended.code, code, `${line}: ${ended.shown}`)
      assert.match(ended.shown, wanted, line)
    }
    assert.deepEqual(await ids(''), ['m1', 'm2', 'm3'])
  })

  test('listed, counted, shown', async () => {
    const listed = await posthouse('queue list')
    assert.match(listed.printed[0] ?? '', /^id +sender +recipients +size +next try +state +why$/)
    assert.match(
      listed.printed[1] ?? '',
      new RegExp(`^m1 +alice@example.test +bob@far.test and 1 more +\\d+ B +${minute} +scheduled$`),
    )
    assert.match(listed.printed[2] ?? '', /^m2 +<> +bob@far\.test /)
    assert.match(listed.printed[3] ?? '', /^m3 .* held +asked her$/)
    const stats = await posthouse('queue stats')
    assert.match(stats.shown, new RegExp(`^3 messages to 4 recipients, the oldest taken ${minute}\n`))
    assert.match(
      stats.shown,
      /\nstate +recipients\n[\s\S]*scheduled +3\n[\s\S]*\nsent by +recipients\nalice@example\.test +4$/,
    )
    const shown = await posthouse('queue show m1')
    assert.match(shown.shown, /^message +m1\nsender +alice@example\.test\n/)
    assert.match(shown.shown, new RegExp(`\nsend at +${minute}\n`))
    assert.match(shown.shown, new RegExp(`\nbob@far.test: scheduled, .*tries: 0, next at ${minute}\ncarol@near.test: `))
    assert.match(shown.shown, /\n\nReceived: here\nSubject: tea\?\[31m\?$/)
    assert.match(
      (await posthouse('queue show m3')).shown,
      /\ngives up +not while it is held\n[\s\S]*dora@near\.test: held \(asked her\)[\s\S]*\nnext: posthouse queue release m3 /,
    )
  })

  test('held, released, dropped, given up', async () => {
    const steps: [string, RegExp][] = [
      ['queue hold m1 --domain near.test --reason "wait for her"', /^1 message \(1 recipient\): held$/],
      ['queue release --state held --domain near.test', /^2 messages \(2 recipients\): released$/],
      ['queue retry --domain far.test', /^0 messages \(0 recipients\): due now\nnone fits, or it is so already$/],
      ['queue hold --all --yes', /^3 messages \(4 recipients\): held$/],
      ['queue release m2', /^m2 \(1 recipient\): released$/],
      ['queue drop m2', /^m2 \(1 recipient\): dropped$/],
      ['queue bounce m3 --reason "the domain is misspelt"', /^m3 \(1 recipient\): given up, and the senders are told$/],
      ['queue drop --recipient carol@near.test --json', /^\{"action":"drop","messages":1,"recipients":1\}$/],
    ]
    const again = await posthouse('queue retry m1')
    assert.equal(again.code, 65)
    assert.match(again.shown, /^posthouse: nothing was changed: the recipients of m1 that are meant are scheduled/)
    for (const [line, wanted] of steps) {
      const ended = await posthouse(line)
      assert.equal(ended.code, 0, `${line}: ${ended.shown}`)
      assert.match(ended.shown, wanted, line)
    }
    assert.match((await posthouse('queue show m1')).shown, /\nbob@far\.test: held \(an operator holds it\)/)
    assert.match(
      (await posthouse('queue show m3')).shown,
      /\n {2}policy, 5\.7\.1: returned by the operator of localhost: the domain is misspelt\n/,
    )
  })

  test('a terminal is asked before anything is taken away', async () => {
    const no = await posthouse('queue drop --domain far.test', ['n'])
    assert.equal(no.code, 77)
    assert.match(
      no.shown,
      /^messages, domain far\.test: drop them, and tell nobody\? \[y\/N\] \nposthouse: nothing was changed$/,
    )
    const yes = await posthouse('queue drop --domain far.test', ['y'])
    assert.match(yes.shown, /1 message \(1 recipient\): dropped|dropped/)
    assert.deepEqual(await ids(''), ['m3'])
    const all = await posthouse('queue drop --all --yes', [])
    assert.deepEqual([all.code, all.printed], [0, ['1 message (1 recipient): dropped']])
    assert.deepEqual(
      [(await posthouse('queue list')).shown, (await posthouse('queue stats')).shown],
      ['none', 'the queue is empty'],
    )
  })
})

test('what the configuration held is not gone by its release', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-'))
  try {
    const place = await TemporaryQueue.open({ folder })
    await place.hold({ text: 'Subject: tea\r\n\r\n', to: { 'bob@far.test': {} }, heldFor: 'no mail out' })
    await place.needs.database.write(tx => tx.run(sql`UPDATE queue_recipient SET hop = ${unroutedHop}`))
    await place[Symbol.asyncDispose]()
    const said = async (words: readonly string[]) => {
      const terminal = fakeTerminal({ folder })
      assert.equal(await run([...words, '--data', folder], terminal), 0)
      return terminal.said.join('\n')
    }
    assert.match(await said(['queue', 'release', '--domain', 'far.test']), /^note: the configuration held some of it, /)
    assert.equal(await said(['queue', 'hold', '--all', '--yes']), '')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('an address is found however its domain is written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-'))
  try {
    const place = await TemporaryQueue.open({ folder })
    await place.hold({ to: { 'jürgen@xn--bcher-kva.test': {} }, inMs: hourMs })
    await place[Symbol.asyncDispose]()
    for (const filter of ['--domain Bücher.test', '--domain xn--bcher-kva.test', '--recipient jürgen@bücher.test']) {
      const terminal = fakeTerminal({ folder })
      await run(['queue', 'list', ...filter.split(' '), '--json', '--data', folder], terminal)
      assert.equal(terminal.printed.length, 1, filter)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
