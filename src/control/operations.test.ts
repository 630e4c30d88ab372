// What an operator does to the greylist and the queue of a running server, over its control socket.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as accounts from '#accounts/account-verbs.ts'
import { offlineProbes } from '#cli/offline-outbound.ts'
import { Imports } from '#import/imports.ts'
import { refused } from '#queue/scripted-carriage.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { openRetrieval } from '#retrieval/open.ts'
import { checkStore } from '#store/check.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { Greylist } from '#throttle/greylist.ts'
import { Senders } from '#throttle/senders.ts'
import { connectAdministration, type RemoteAdministration } from './client.ts'
import { directAdministration } from './direct.ts'
import { limits } from './limits.ts'
import { testVerbs } from './send-test.ts'
import { serveControl } from './server.ts'
import { TestMail } from './test-mail.ts'

const minuteMs = 60_000
const status = { version: '1', processId: 1, uptimeSeconds: 2, listeners: [] }

describe('greylist and queue', () => {
  let place: TemporaryQueue
  let greylist: Greylist
  let remote: RemoteAdministration
  let tests: TestMail
  let startMs: number
  const owned = new AsyncDisposableStack()

  before(async () => {
    place = owned.use(await TemporaryQueue.open())
    startMs = place.clock.now()
    const { directory, folder, log, queue, store } = place
    const { database, clock } = place.needs
    greylist = await Greylist.open({ database, clock })
    const check = () => checkStore(database, folder)
    const imports = owned.use(await Imports.open({ database, store, clock }))
    const config = { onDelete: 'auto', retrieval: 'any', notices: true, language: 'en' } as const
    const reading = { hostname: 'mail.example.test', accounts: directory, config }
    const retrieval = owned.use(await openRetrieval({ ...place.needs, ...reading }))
    const { random, hostname } = place.needs
    const suppressions = await Suppressions.open({ database, clock })
    const senders = owned.use(await Senders.open({ database, clock, log, limits: undefined, guard: undefined }))
    tests = new TestMail(clock)
    const sending = testVerbs({ directory, store, queue, suppressions, tests, clock, random, hostname })
    const probes = offlineProbes({ database, config: undefined, hostname, clock, random, log }, owned)
    const desk = { greylist, queue, suppressions, senders, tests: sending, probes, imports }
    const administration = directAdministration({ directory, store, retrieval, ...desk, check, status: () => status })
    const path = join(folder, 'control.sock')
    owned.use(await serveControl({ path, administration, log }))
    const connected = await connectAdministration(path)
    assert.ok(connected)
    remote = owned.use(connected)
  })
  after(async () => await owned.disposeAsync())

  test('who waits is listed, and let in by sender, recipient or network', async () => {
    const knock = (sender: string, address: string, accountId = 1) =>
      greylist.ask({
        address,
        sender,
        recipients: [{ accountId, address: accountId === 1 ? 'alice@example.test' : 'bob@example.test' }],
      })
    await knock('codes@bank.test', '192.0.2.7')
    await knock('', '198.51.100.7', 2)
    await knock('news@list.test', '203.0.113.7')
    const passesAt = startMs + 5 * minuteMs
    assert.deepEqual(await remote.listWaiting({}), {
      kind: 'done',
      value: {
        items: [
          {
            network: '192.0.2.0/24',
            sender: 'codes@bank.test',
            recipient: 'alice@example.test',
            since: startMs,
            passesAt,
          },
          {
            network: '203.0.113.0/24',
            sender: 'news@list.test',
            recipient: 'alice@example.test',
            since: startMs,
            passesAt,
          },
          { network: '198.51.100.0/24', sender: '', recipient: 'bob@example.test', since: startMs, passesAt },
        ],
      },
    })
    assert.deepEqual(await remote.letIn({ sender: 'codes@bank.test', network: '203.0.113.0/24' }), done({ count: 0 }))
    assert.deepEqual(await remote.letIn({ sender: 'CODES@bank.test' }), done({ count: 1 }))
    assert.equal((await knock('codes@bank.test', '192.0.2.9')).kind, 'passes')
    assert.deepEqual(await remote.letIn({ recipient: 'bob@example.test' }), done({ count: 1 }))
    assert.deepEqual(await remote.letIn({ network: '203.0.113.250' }), done({ count: 1 }))
    assert.deepEqual(await remote.letIn({}), done({ count: 0 }))
    assert.deepEqual(await remote.listWaiting({}), done({ items: [] }))
  })

  test('what is queued is listed by the page, counted, shown with its tries, and acted on', async () => {
    const names = Object.fromEntries(
      Array.from({ length: limits.shownRecipients + 3 }, (_, at) => [`r${at}@many.test`, {}]),
    )
    const many = await place.hold({ to: names, inMs: 60 * minuteMs })
    place.carriage.script('far.test', { answer: refused('deferred') })
    const tea = await place.accept({ text: 'Subject: tea\r\n\r\nhot\r\n', to: { 'bob@far.test': {} } })
    await place.pass(0)
    const all = await remote.listQueue({})
    assert.ok(all.kind === 'done')
    const [first, second] = all.value.items
    assert.deepEqual([first?.messageId, second?.messageId], [many, tea])
    assert.deepEqual(
      [first?.recipients.length, first?.recipientCount],
      [limits.shownRecipients, limits.shownRecipients + 3],
    )
    const [recipient] = second?.recipients ?? []
    assert.deepEqual(
      { ...recipient, nextAt: undefined },
      {
        ...{ address: 'bob@far.test', state: 'deferred', hop: 'far.test', tries: 1, nextAt: undefined },
        ...{ class: 'rate', status: '4.2.1', reply: '450 4.2.1 try later', heldFor: null },
      },
    )
    assert.ok((recipient?.nextAt ?? 0) > startMs && recipient?.nextAt === second?.nextAt)
    assert.deepEqual(await remote.listQueue({ after: all.value.next ?? '' }), done({ items: [] }), 'nothing follows')
    assert.deepEqual(await idsOf(remote.listQueue({ after: `${first?.arrivedAt} ${first?.messageId}` })), [tea])
    assert.deepEqual(await idsOf(remote.listQueue({ account: 'ALICE@example.test', class: 'rate' })), [tea])
    assert.deepEqual(await remote.listQueue({ account: 'x@example.test' }), {
      ...{ kind: 'no-such-account', subject: 'x@example.test' },
    })
    assert.deepEqual(await remote.listQueue({ state: 'constructor' }), { kind: 'bad-filter', subject: 'constructor' })

    const stats = await remote.queueStats({})
    assert.ok(stats.kind === 'done')
    const count = limits.shownRecipients + 4
    assert.deepEqual([stats.value.messages, stats.value.recipients], [2, count])
    assert.deepEqual(stats.value.accounts, [{ account: 'alice@example.test', recipients: count }])
    assert.deepEqual(stats.value.hops.at(-1), { hop: 'far.test', recipients: 1 })

    const shown = await remote.showQueued({ messageId: tea })
    assert.ok(shown.kind === 'done' && shown.value !== null)
    assert.equal(shown.value.header.trimEnd(), 'Received: here\r\nSubject: tea')
    assert.deepEqual([shown.value.returnPath, shown.value.origin], ['alice@example.test', 'submission'])
    assert.deepEqual(await remote.showQueued({ messageId: 'none' }), done(null))

    assert.deepEqual(await remote.actOnQueue({ action: 'drop', all: false }), {
      ...{ kind: 'bad-filter', subject: 'no filter' },
    })
    const mistyped = { action: 'burn', all: true } as unknown as Parameters<typeof remote.actOnQueue>[0]
    assert.deepEqual(await remote.actOnQueue(mistyped), { kind: 'bad-filter', subject: 'burn' })
    place.carriage.script('far.test', {})
    const retried = await remote.actOnQueue({ action: 'retry', all: false, domain: 'far.test' })
    assert.deepEqual(retried, done({ messages: 1, recipients: 1 }))
    await place.pass(0)
    assert.deepEqual(await idsOf(remote.listQueue({})), [many])
    const held = await remote.actOnQueue({ action: 'hold', all: false, recipient: 'R1@many.test', reason: 'why not' })
    assert.deepEqual(held, done({ messages: 1, recipients: 1 }))
    assert.deepEqual(await idsOf(remote.listQueue({ state: 'held' })), [many])
    const dropped = await remote.actOnQueue({ action: 'drop', all: true })
    assert.deepEqual(dropped, done({ messages: 1, recipients: count - 1 }))
    assert.deepEqual(await idsOf(remote.listQueue({})), [])
  })

  test('a test message goes through the queue and is followed; a suppressed recipient gets none', async () => {
    place.carriage.script('far.test', {})
    const sent = await remote.sendTest({ to: 'bob@far.test' })
    assert.ok(sent.kind === 'done' && sent.value.kind === 'taken')
    const { messageId, from } = sent.value
    assert.equal(from, 'postmaster@example.test')
    await place.pass(0)
    for (const outcome of place.settled) tests.settled(outcome)
    const progress = await remote.followTest({ messageId, seen: 0 })
    assert.ok(progress.kind === 'done' && progress.value !== null)
    assert.equal(progress.value.isOver, true)
    assert.deepEqual(
      progress.value.steps.map(step => (step.kind === 'outcome' ? [step.recipient, step.outcome] : step.kind)),
      [['bob@far.test', 'delivered']],
    )
    assert.match(
      place.carriage.arrived.at(-1)?.text ?? '',
      /^Date: [\s\S]*^Subject: A test message of mail\.example\.test\r$/m,
    )
    assert.deepEqual(await remote.followTest({ messageId: 'none', seen: 0 }), done(null))

    const here = await remote.sendTest({ to: 'bob+x@example.test', from: 'alice@example.test' })
    assert.ok(here.kind === 'done' && here.value.kind === 'taken')
    assert.deepEqual(here.value.recipients, [{ address: 'bob+x@example.test', isHere: true, hop: null, heldFor: null }])
    assert.equal((await place.inbox('bob')).length, 1)

    const entry = {
      account: null,
      domain: 'example.test',
      recipient: 'Bob@far.test',
      reason: 'manual',
      detail: 'asked us',
    }
    await remote.importSuppressed({ byHand: true, entries: [{ ...entry, expiresAt: null }] })
    const table: [string, string | undefined, string, RegExp][] = [
      ['bob@FAR.test', undefined, 'refused', /^550 5\.1\.1 .*asked us/],
      ['nobody@example.test', undefined, 'refused', /^550 5\.1\.1 .*no such mailbox/],
      ['not an address', undefined, 'bad-address', /^not an address$/],
      ['bob@far.test', 'eve@example.test', 'no-such-account', /^eve@example\.test$/],
      ['bob@far.test', 'eve@far.test', 'no-such-account', /^eve@far\.test$/],
    ]
    for (const [to, from, kind, wanted] of table) {
      const no = await remote.sendTest({ to, ...(from === undefined ? {} : { from }) })
      if (no.kind !== 'done') assert.match(`${no.kind} ${no.subject}`, new RegExp(`^${kind} ${wanted.source.slice(1)}`))
      else assert.match(no.value.kind === 'refused' ? no.value.reply : '', wanted, to)
    }
    const listed = await remote.listSuppressed({ domain: 'example.test' })
    assert.ok(listed.kind === 'done')
    assert.deepEqual(
      listed.value.items.map(({ recipient, source }) => [recipient, source]),
      [['Bob@far.test', 'operator']],
    )
    const removed = await remote.removeSuppressed({ domain: 'example.test', recipient: 'bob@far.test' })
    assert.ok(removed.kind === 'done' && removed.value?.detail === 'asked us')
    assert.deepEqual(await remote.removeSuppressed({ domain: 'example.test', recipient: 'bob@far.test' }), done(null))
  })

  test('what an account has in the queue waits while it is disabled, and only that goes on afterwards', async () => {
    place.carriage.script('far.test', { answer: refused('deferred') })
    const left = place.carriage.arrived.length
    const deferred = await place.accept({ to: { 'bob@far.test': {} } })
    const guarded = await place.accept({ to: { 'bob@far.test': {} }, heldFor: 'guard: too much' })
    const later = await place.hold({ to: { 'bob@far.test': {}, 'zoe@far.test': {} }, inMs: 60 * minuteMs })
    const kept = await place.accept({ to: { 'bob@far.test': {}, 'zoe@far.test': {} } })
    const others = await place.accept({ to: { 'bob@far.test': {} }, accountId: 2, sender: 'bob@example.test' })
    await place.pass(0)
    await place.queue.act('hold', { messageId: kept, recipient: 'zoe@far.test' }, 'ask first')
    const address = 'alice@example.test'
    assert.equal((await remote.setDisabled({ address, disabled: true })).kind, 'done')
    place.carriage.script('far.test', {})
    // The guard lets nothing go of one that is disabled.
    assert.equal((await remote.setGuard({ address, guard: 'on' })).kind, 'done')
    await place.pass(5 * 60 * minuteMs)
    const since = () =>
      place.carriage.arrived.slice(left).flatMap(({ messageId, to }) => to.map(one => [messageId, one]))
    assert.deepEqual(since(), [[others, 'bob@far.test']])
    const reasonOf = async (messageId: string) =>
      (await place.queue.list({ messageId })).flatMap(({ recipients }) => recipients.map(({ heldFor }) => heldFor))
    assert.deepEqual(await reasonOf(deferred), ['the account is disabled'])
    assert.deepEqual(await reasonOf(guarded), ['guard: too much'])
    assert.deepEqual(await reasonOf(kept), ['the account is disabled', 'ask first'])
    assert.equal((await remote.setDisabled({ address, disabled: false })).kind, 'done')
    await place.pass(0)
    assert.deepEqual(
      since().toSorted(),
      [
        [others, 'bob@far.test'],
        [deferred, 'bob@far.test'],
        [guarded, 'bob@far.test'],
        [later, 'bob@far.test'],
        [later, 'zoe@far.test'],
        [kept, 'bob@far.test'],
      ].toSorted(),
    )
    assert.deepEqual(await reasonOf(kept), ['ask first'])
    await place.queue.act('drop', { messageId: kept })
  })

  test('after a restore every mailbox has a new UIDVALIDITY', async () => {
    const before = await place.needs.store.mailbox(1, 'INBOX')
    const finished = await remote.finishRestore({})
    assert.ok(finished.kind === 'done' && finished.value.mailboxes >= 6)
    const after = await place.needs.store.mailbox(1, 'INBOX')
    assert.ok((after?.uidValidity ?? 0) > (before?.uidValidity ?? 0))
  })

  test('what an account that is removed has in the queue goes on, and nobody is told what becomes of it', async () => {
    place.carriage.script('far.test', { answer: refused('deferred') })
    place.carriage.script('broken.test', { answer: refused('deferred') })
    const before = place.carriage.arrived.length
    const accountId = 99
    await place.store.createAccount(accountId)
    const add = { accountId, address: 'gone@example.test', passwordHash: 'none', now: 0 }
    await place.needs.database.write(async tx => void (await accounts.add(tx, add)))
    const message = { accountId, sender: add.address, to: { 'zoe@far.test': {}, 'nobody@broken.test': {} } }
    await place.accept(message)
    await place.pass(0)
    assert.equal((await remote.removeAccount({ address: add.address })).kind, 'done')
    place.carriage.script('far.test', {})
    place.carriage.script('broken.test', { answer: refused('failed') })
    await place.pass(60 * minuteMs)
    assert.deepEqual(
      place.carriage.arrived.slice(before).map(({ to }) => to),
      [['zoe@far.test']],
    )
    assert.deepEqual(await idsOf(remote.listQueue({})), [])
  })

  test('an account that is removed leaves nothing in the greylist', async () => {
    await greylist.noteWrittenTo(3, ['friend@far.test'])
    const ask = () =>
      greylist.ask({
        address: '192.0.2.1',
        sender: 'friend@far.test',
        recipients: [{ accountId: 3, address: 'carol@example.test' }],
      })
    assert.equal((await ask()).kind, 'passes')
    assert.equal((await remote.removeAccount({ address: 'carol@example.test' })).kind, 'done')
    const { clock, database } = place.needs
    greylist = await Greylist.open({ database, clock })
    assert.equal((await ask()).kind, 'waits')
  })
})

function done<T>(value: T) {
  return { kind: 'done', value }
}

async function idsOf(list: ReturnType<RemoteAdministration['listQueue']>): Promise<readonly string[]> {
  const outcome = await list
  assert.ok(outcome.kind === 'done')
  return outcome.value.items.map(({ messageId }) => messageId)
}
