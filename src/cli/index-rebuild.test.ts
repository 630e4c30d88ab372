// The search index's commands on an installation whose server does not run, and through the socket of one that does.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { controlSocketPath, databasePath } from '#config/paths.ts'
import { serveControl } from '#control/server.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { systemRandom } from '#io/random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { openStore } from '#store/open.ts'
import { fakeTerminal } from './fake-terminal.ts'
import { openOffline } from './offline.ts'
import { run } from './run.ts'

describe('posthouse index', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-index-'))
  })
  after(async () => await rm(folder, { recursive: true }))

  const posthouse = async (line: string, piped = '') => {
    const terminal = fakeTerminal({ folder, piped })
    const code = await run([...line.split(' '), '--data', folder], terminal)
    return { code, printed: terminal.printed, said: terminal.said }
  }

  /** Two accounts, of which the first gets 30 messages. */
  async function fill(): Promise<void> {
    await posthouse('domain add example.test')
    for (const name of ['alice', 'bob']) await posthouse(`account add ${name}@example.test`, 'long enough')
    await using database = await openSqlite({ path: databasePath(folder) })
    const outside = { clock: manualClock(), log: memoryLog(), random: systemRandom }
    await using store = await openStore({ database, folder, freeBytesThreshold: 0, ...outside })
    const [accountId = 0] = await accountIds()
    for (let count = 0; count < 30; count += 1) {
      await using writer = store.spool.open()
      await writer.write(Buffer.from(`Subject: ${count}\r\n\r\nhello ${count}`))
      await using message = await writer.finish()
      await store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
    }

    async function accountIds(): Promise<number[]> {
      const rows = await database.read(tx =>
        tx.all<[number]>({ strings: ['SELECT account_id FROM mail_account'], values: [] }),
      )
      return rows.map(([id]) => id).sort((a, b) => a - b)
    }
  }

  test('is made anew for all accounts or one, and shown', async () => {
    await fill()
    const lines = async (line: string) => (await posthouse(line)).printed
    assert.deepEqual(await lines('index show'), [
      'alice@example.test: 0 of 30 messages',
      'bob@example.test: 0 of 0 messages',
    ])
    assert.deepEqual(await lines('index rebuild'), [
      'alice@example.test: 30 messages indexed',
      'bob@example.test: 0 messages indexed',
    ])
    assert.deepEqual(await lines('index show --account alice@example.test --json'), [
      '{"address":"alice@example.test","messages":30,"indexed":30}',
    ])
    assert.deepEqual(await lines('check'), [])
    assert.equal((await posthouse('index rebuild --account nobody@example.test')).code, 67)
  })

  test('is made anew by the server that runs', async () => {
    await using offline = await openOffline(folder, undefined)
    const path = controlSocketPath(folder)
    await using _server = await serveControl({ path, administration: offline.administration, log: memoryLog() })
    const { code, printed } = await posthouse('index rebuild --account alice@example.test')
    assert.deepEqual([code, printed], [0, ['alice@example.test: 30 messages indexed']])
  })
})
