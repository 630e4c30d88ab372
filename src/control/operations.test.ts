// What an operator does to the greylist and the queue of a running server, over its control socket.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Imports } from '#import/imports.ts'
import { TemporaryQueue } from '#queue/temporary-queue.ts'
import { openRetrieval } from '#retrieval/open.ts'
import { checkStore } from '#store/check.ts'
import { Greylist } from '#throttle/greylist.ts'
import { connectAdministration, type RemoteAdministration } from './client.ts'
import { directAdministration } from './direct.ts'
import { limits } from './limits.ts'
import { serveControl } from './server.ts'

const minuteMs = 60_000
const status = { version: '1', processId: 1, uptimeSeconds: 2, listeners: [] }

describe('greylist and queue', () => {
  let place: TemporaryQueue
  let greylist: Greylist
  let remote: RemoteAdministration
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
    const administration = directAdministration({
      directory,
      store,
      retrieval,
      greylist,
      queue,
      imports,
      check,
      status: () => status,
    })
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

  test('what is queued is listed, shown, released and dropped', async () => {
    const names = Object.fromEntries(Array.from({ length: limits.shownRecipients + 3 }, (_, at) => [`r${at}`, {}]))
    const many = await place.hold({ text: 'Subject: many\r\n\r\n', to: names, inMs: 60 * minuteMs })
    const tea = await place.hold({ text: 'Subject: tea\r\n\r\nhot\r\n', inMs: 120 * minuteMs })
    const all = await remote.listQueue({})
    assert.ok(all.kind === 'done')
    assert.deepEqual(
      all.value.items.map(({ messageId }) => messageId),
      [many, tea],
    )
    const [first, second] = all.value.items
    assert.deepEqual(
      [first?.recipients.length, first?.recipientCount],
      [limits.shownRecipients, limits.shownRecipients + 3],
    )
    const at = startMs + 120 * minuteMs
    assert.deepEqual(second, {
      ...{ messageId: tea, sender: 'alice@example.test', sizeBytes: second?.sizeBytes, recipientCount: 1 },
      ...{ releaseAt: at, nextAt: at },
      recipients: [{ address: 'bob@example.test', state: 'scheduled', reply: null }],
    })
    const after = await remote.listQueue({ after: all.value.next ?? '' })
    assert.deepEqual(after, done({ items: [] }), 'nothing follows the last')
    const nextOf = `${first?.nextAt} ${first?.messageId}`
    assert.deepEqual(await idsOf(remote.listQueue({ after: nextOf })), [tea])
    assert.deepEqual(await idsOf(remote.listQueue({ recipient: 'BOB@example.test' })), [tea])
    assert.deepEqual(await idsOf(remote.listQueue({ sender: 'bob@example.test' })), [])
    assert.deepEqual(await idsOf(remote.listQueue({ state: 'scheduled' })), [many, tea])
    assert.deepEqual(await idsOf(remote.listQueue({ state: 'constructor' })), [])

    const shown = await remote.showQueued({ messageId: tea })
    assert.ok(shown.kind === 'done' && shown.value !== null)
    assert.equal(shown.value.header.trimEnd(), 'Received: here\r\nSubject: tea')
    assert.deepEqual([shown.value.arrivedAt, shown.value.tries], [startMs, 0])
    assert.deepEqual(await remote.showQueued({ messageId: 'none' }), done(null))

    assert.deepEqual(await remote.releaseQueued({ messageId: tea }), done({ found: true }))
    await place.pass(0)
    assert.equal((await place.inbox('bob')).length, 1)
    assert.deepEqual(await remote.releaseQueued({ messageId: tea }), done({ found: false }))
    assert.deepEqual(await remote.dropQueued({ messageId: many }), done({ found: true }))
    assert.deepEqual(await remote.dropQueued({ messageId: many }), done({ found: false }))
    assert.deepEqual(await idsOf(remote.listQueue({})), [])
  })

  test('after a restore every mailbox has a new UIDVALIDITY', async () => {
    const before = await place.needs.store.mailbox(1, 'INBOX')
    const finished = await remote.finishRestore({})
    assert.ok(finished.kind === 'done' && finished.value.mailboxes >= 6)
    const after = await place.needs.store.mailbox(1, 'INBOX')
    assert.ok((after?.uidValidity ?? 0) > (before?.uidValidity ?? 0))
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
