// The suppression list and what is remembered of outcomes, on each engine.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import type { RecipientOutcome } from '#mail/outcome.ts'
import { limits } from './limits.ts'
import { OutcomeNotes } from './outcome-notes.ts'
import type { SettledOutcome } from './outcome-rows.ts'
import type { NewSuppression, Scope } from './suppression.ts'
import { Suppressions } from './suppressions.ts'

const dayMs = 86_400_000
const alice = 7
const ofAlice: Scope = { kind: 'account', accountId: alice }
const ofExample: Scope = { kind: 'domain', senderDomain: 'example.com' }

const engines: readonly (readonly [string, (folder: string) => Promise<Database>])[] = [
  ['SQLite', folder => openSqlite({ path: join(folder, 'suppression.db') })],
  ['PGlite', () => openPglite()],
]

for (const [name, open] of engines) describe(`suppression on ${name}`, () => contract(open))

function contract(open: (folder: string) => Promise<Database>): void {
  let folder: string
  let database: Database
  let clock: ManualClock
  let list: Suppressions

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-suppression-'))
    database = await open(folder)
  })

  after(async () => {
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  beforeEach(async () => {
    clock = manualClock()
    list = await Suppressions.open({ database, clock })
    await database.write(async tx => {
      await tx.run(sql`DELETE FROM suppression`)
      await tx.run(sql`DELETE FROM sent_recipient`)
    })
    list = await Suppressions.open({ database, clock })
  })

  function entry(recipient: string, over: Partial<NewSuppression> = {}): NewSuppression {
    const usual = { reason: 'manual', source: 'operator', detail: 'asked us to stop', expiresAt: undefined } as const
    return { scope: ofAlice, recipient, ...usual, ...over }
  }

  async function isFound(recipient: string, accountId = alice, senderDomain = 'example.com'): Promise<boolean> {
    return (await list.find({ accountId, senderDomain, recipient })) !== undefined
  }

  async function shown(scope?: Scope): Promise<readonly string[]> {
    return (await list.list(scope === undefined ? {} : { scope })).items.map(({ recipient }) => recipient)
  }

  test("an account's entry holds for that account, a domain's for all that is sent under it", async () => {
    assert.deepEqual(await list.add(entry('bob@example.org')), { kind: 'added', isNew: true })
    assert.deepEqual(await list.add(entry('carol@example.org', { scope: ofExample })), { kind: 'added', isNew: true })
    assert.ok(await isFound('bob@example.org'))
    assert.ok(!(await isFound('bob@example.org', 8)))
    assert.ok(!(await isFound('bob@example.org', 8, '')))
    assert.ok(await isFound('carol@example.org', 8))
    assert.ok(await isFound('carol@example.org', 8, 'EXAMPLE.com'))
    assert.ok(!(await isFound('carol@example.org', alice, 'example.net')))
    assert.ok(!(await isFound('carol@example.org', alice, '')))
    assert.ok(!(await isFound('dave@example.org')))
  })

  test('a list that had nobody is looked at again once somebody is added', async () => {
    const asked = { accountId: alice, senderDomain: 'example.com', recipient: 'eve@example.org' }
    const elsewhere = await Suppressions.open({ database, clock })
    assert.equal(await list.find(asked), undefined)
    await list.add(entry('eve@example.org'))
    assert.equal((await list.find(asked))?.recipient, 'eve@example.org')
    await list.remove(ofAlice, 'eve@example.org')
    assert.equal(await list.find(asked), undefined)
    await list.suppress([
      { accountId: alice, recipient: 'eve@example.org', reason: 'unknown', source: 'reply', detail: '550' },
    ])
    assert.equal((await list.find(asked))?.reason, 'unknown')
    await list.remove(ofAlice, 'eve@example.org')
    assert.equal(await list.find(asked), undefined)
    await list.add(entry('eve@example.org', { scope: ofExample }))
    assert.equal((await list.find(asked))?.scope.kind, 'domain')
    await list.remove(ofExample, 'eve@example.org')
    assert.equal(await list.find(asked), undefined)
    // Another node's word counts a moment later.
    await elsewhere.add(entry('eve@example.org'))
    assert.equal(await list.find(asked), undefined)
    clock.advance(limits.emptyMs)
    assert.equal((await list.find(asked))?.recipient, 'eve@example.org')
  })

  test('one address however it is written', async () => {
    await list.add(entry(' <Bob@EXAMPLE.org> '))
    await list.add(entry('jürgen@bücher.example'))
    for (const address of ['bob@example.org', 'BOB@Example.Org', '"bob"@example.org', 'jürgen@xn--bcher-kva.example'])
      assert.ok(await isFound(address), address)
    assert.ok(!(await isFound('bob+x@example.org')))
    assert.ok(!(await isFound('no address')))
    assert.deepEqual(await shown(), ['Bob@EXAMPLE.org', 'jürgen@bücher.example'])
  })

  test('what is no address, or no domain, is told so', async () => {
    assert.deepEqual(await list.add(entry('nobody')), { kind: 'bad-address' })
    const scope: Scope = { kind: 'domain', senderDomain: 'not a domain' }
    assert.deepEqual(await list.add(entry('bob@example.org', { scope })), { kind: 'bad-domain' })
    assert.deepEqual(await shown(), [])
  })

  test('an entry past its time is none, and goes with the next that is added', async () => {
    await list.add(entry('bob@example.org', { expiresAt: clock.now() + dayMs }))
    assert.ok(await isFound('bob@example.org'))
    clock.advance(dayMs)
    assert.ok(!(await isFound('bob@example.org')))
    assert.deepEqual(await shown(), [])
    await list.add(entry('carol@example.org'))
    const rows = await database.read(tx => tx.all<[string]>(sql`SELECT local_part FROM suppression`))
    assert.deepEqual(rows, [['carol']])
  })

  test('the newer word stands; what was removed is told', async () => {
    await list.add(entry('bob@example.org', { detail: 'first' }))
    assert.deepEqual(await list.add(entry('BOB@example.org', { detail: 'sec\r\nond' })), {
      kind: 'added',
      isNew: false,
    })
    assert.equal((await list.remove(ofAlice, 'bob@EXAMPLE.org'))?.detail, 'sec ond')
    assert.equal(await list.remove(ofAlice, 'bob@example.org'), undefined)
    assert.equal(await list.remove(ofAlice, 'nobody'), undefined)
    assert.ok(!(await isFound('bob@example.org')))
  })

  test('many at once: what is wrong is told by its place, the rest is taken', async () => {
    await list.add(entry('b@example.org'))
    const given = [entry('a@example.org'), entry('no'), entry('b@example.org'), entry('c@example.org')]
    const { added, replaced, refused } = await list.import(given)
    assert.deepEqual({ added, replaced, refused }, { added: 2, replaced: 1, refused: [{ at: 1, kind: 'bad-address' }] })
    assert.deepEqual(await shown(ofAlice), ['a@example.org', 'b@example.org', 'c@example.org'])
    await assert.rejects(list.import(new Array(limits.importedAtOnce + 1).fill(entry('a@example.org'))), RangeError)
  })

  test('a list comes in pages, of one scope or of all', async () => {
    const addresses = Array.from(
      { length: limits.pageItems + 3 },
      (_, n) => `r${String(n).padStart(4, '0')}@example.org`,
    )
    await list.import(addresses.map(address => entry(address)))
    await list.add(entry('z@example.org', { scope: ofExample }))
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await list.list({ scope: ofAlice, ...(after === undefined ? {} : { after }) })
      assert.ok(page.items.length <= limits.pageItems)
      seen.push(...page.items.map(({ recipient }) => recipient))
      after = page.next
    } while (after !== undefined)
    assert.deepEqual(seen, addresses)
    const all = await list.list()
    assert.equal(all.items.length, limits.pageItems)
    assert.deepEqual(all.items[0]?.scope, ofExample)
    await assert.rejects(list.list({ after: '[1]' }))
  })

  test('an account that goes takes its list with it', async () => {
    await list.add(entry('bob@example.org'))
    await list.add(entry('bob@example.org', { scope: ofExample }))
    await list.noteOutcomes([delivered('m1', 'carol@example.org')])
    await list.forget(alice)
    assert.deepEqual(
      (await list.list()).items.map(({ scope }) => scope),
      [ofExample],
    )
    assert.deepEqual(await list.sentTo('m1'), [])
  })

  // What outcomes tell

  function settled(messageId: string, recipient: string, outcome: RecipientOutcome): SettledOutcome {
    return { messageId, accountId: alice, origin: 'submission', recipient, outcome, isFinal: true }
  }

  function delivered(messageId: string, recipient: string): SettledOutcome {
    return settled(messageId, recipient, { kind: 'delivered', reply: '250 ok', peerReports: false })
  }

  const unknown: RecipientOutcome = {
    kind: 'failed',
    status: '5.1.1',
    reply: '550 5.1.1 no such user',
    class: 'recipient-unknown',
    by: 'mx.example.org',
    notBefore: undefined,
  }

  async function noted(...outcomes: readonly SettledOutcome[]): Promise<void> {
    await using notes = new OutcomeNotes({ suppressions: list, clock, log: memoryLog() })
    for (const outcome of outcomes) notes.settled(outcome)
  }

  test('a recipient that its host does not know, for good, is suppressed for a time', async () => {
    await noted(settled('m1', 'bob@example.org', unknown))
    const found = await list.find({ accountId: alice, senderDomain: 'example.com', recipient: 'bob@example.org' })
    assert.equal(found?.reason, 'unknown')
    assert.equal(found.source, 'reply')
    assert.equal(found.detail, '550 5.1.1 no such user')
    assert.equal(found.expiresAt, clock.now() + limits.unknownMs)
    clock.advance(limits.unknownMs)
    assert.ok(!(await isFound('bob@example.org')))
  })

  test('nothing else suppresses', async () => {
    const others: readonly SettledOutcome[] = [
      settled('m1', 'a@example.org', { ...unknown, kind: 'deferred' }),
      settled('m1', 'b@example.org', { ...unknown, class: 'reputation' }),
      settled('m1', 'c@example.org', { ...unknown, class: 'dns' }),
      settled('m1', 'd@example.org', { ...unknown, class: 'unclear' }),
      // Nobody said it but we.
      settled('m1', 'e@example.org', { ...unknown, by: undefined }),
      { ...settled('m1', 'f@example.org', unknown), origin: 'forward' },
      { ...settled('m1', 'g@example.org', unknown), accountId: 0 },
      { ...settled('m1', 'h@example.org', unknown), isFinal: false },
      delivered('m1', 'i@example.org'),
    ]
    await noted(...others)
    assert.deepEqual(await shown(), [])
  })

  test('what lasts longer is not replaced by what is found out', async () => {
    await list.add(entry('bob@example.org'))
    await noted(settled('m1', 'bob@example.org', unknown))
    const complaint = {
      accountId: alice,
      recipient: 'carol@example.org',
      reason: 'complaint',
      source: 'feedback',
    } as const
    assert.equal(await list.suppress([{ ...complaint, detail: 'abuse' }]), 1)
    await noted(settled('m1', 'carol@example.org', unknown))
    const reasons = (await list.list()).items.map(({ recipient, reason }) => [recipient, reason])
    assert.deepEqual(reasons, [
      ['bob@example.org', 'manual'],
      ['carol@example.org', 'complaint'],
    ])
    assert.equal(await list.suppress([{ ...complaint, recipient: 'nobody', detail: '' }]), 0)
  })

  test('it is known to whom a message was sent, until that is too long ago', async () => {
    await noted(
      delivered('m1', 'Bob@EXAMPLE.org'),
      delivered('m1', 'carol@example.org'),
      delivered('m2', 'dave@example.org'),
    )
    const ofMessage = async (id: string) => (await list.sentTo(id)).map(({ recipient }) => recipient).sort()
    assert.deepEqual(await ofMessage('m1'), ['bob@example.org', 'carol@example.org'])
    assert.deepEqual(await ofMessage('m3'), [])
    clock.advance(limits.sentMs + 1)
    await noted(delivered('m4', 'erin@example.org'))
    assert.deepEqual(await ofMessage('m1'), [])
    assert.deepEqual(await ofMessage('m4'), ['erin@example.org'])
  })

  test('of more recipients than are kept the oldest are forgotten', async () => {
    list = await Suppressions.open({ database, clock, mostSent: 2 })
    for (const id of ['m1', 'm2', 'm3', 'm4', 'm5']) {
      clock.advance(1_000)
      await noted(delivered(id, 'bob@example.org'))
    }
    const known = await Promise.all(['m1', 'm2', 'm3', 'm4', 'm5'].map(async id => (await list.sentTo(id)).length))
    assert.deepEqual(known, [0, 0, 1, 1, 1])
  })

  test('outcomes are written down a little later, many together, and a fault ends nothing', async () => {
    const batches: number[] = []
    const log = memoryLog()
    let isBroken = false
    let isIdle = false
    const suppressions = {
      async noteOutcomes(outcomes: readonly SettledOutcome[]) {
        batches.push(outcomes.length)
        if (isBroken) throw new Error('disk')
        if (!isIdle) await list.noteOutcomes(outcomes)
      },
    }
    await using notes = new OutcomeNotes({ suppressions, clock, log })
    for (let number = 0; number < 3; number += 1) notes.settled(delivered('m1', `r${number}@example.org`))
    assert.deepEqual(batches, [])
    clock.advance(limits.notedAfterMs)
    await notes.idle()
    assert.deepEqual(batches, [3])
    isBroken = true
    notes.settled(delivered('m2', 'x@example.org'))
    await notes.idle()
    isBroken = false
    notes.settled(delivered('m3', 'y@example.org'))
    await notes.idle()
    assert.deepEqual(batches, [3, 1, 1])
    assert.equal((await list.sentTo('m3')).length, 1)
    // However fast they come: what one transaction has no room for waits for others.
    isIdle = true
    batches.length = 0
    for (let number = 0; number < 2 * limits.outcomesAtOnce + 1; number += 1) {
      notes.settled(delivered('m4', 'z@example.org'))
      if (number % 50 === 0) await undefined
    }
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(batches, [limits.outcomesAtOnce, limits.outcomesAtOnce])
    clock.advance(limits.notedAfterMs)
    await notes.idle()
    assert.deepEqual(batches, [limits.outcomesAtOnce, limits.outcomesAtOnce, 1])
    for (let number = 0; number < limits.waitingOutcomes + limits.outcomesAtOnce; number += 1)
      notes.settled(delivered('m4', 'z@example.org'))
    await notes.idle()
    assert.ok(batches.every(size => size <= limits.outcomesAtOnce))
  })
}
