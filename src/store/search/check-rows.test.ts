// Each fault is made by hand, and must be found.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Sql, sql } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { checkStore } from '#store/check.ts'
import { temporaryStore } from '#store/temporary-store.ts'

const harms: readonly (readonly [string, readonly string[], Sql])[] = [
  ['nothing', [], sql`DELETE FROM search_gone`],
  [
    'the messages of a segment',
    ['search-segment-unlike-its-messages'],
    sql`UPDATE search_segment SET messages = messages + 1 WHERE after_id = 0`,
  ],
  ['a segment', ['search-segments-apart'], sql`DELETE FROM search_segment WHERE after_id = 0`],
  ['the position', ['search-position'], sql`UPDATE search_account SET indexed_to = indexed_to - 1`],
  ['the next number', ['search-position'], sql`UPDATE search_account SET last_segment = 1`],
  ['the account', ['search-segment-without-index'], sql`DELETE FROM search_account`],
  ['the texts', ['search-segment-without-texts'], sql`DELETE FROM search_fields`],
  [
    'a message that is there',
    ['search-gone-message-is-there', 'search-segment-unlike-its-messages'],
    sql`INSERT INTO search_gone (account_id, message_id, gone_at) SELECT account_id, indexed_to, 1 FROM search_account`,
  ],
]

for (const [name, wanted, harm] of harms) {
  test(`the check finds harm done to the search index: ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'posthouse-search-check-'))
    const database = await openSqlite({ path: join(folder, 'posthouse.db') })
    {
      await using temporary = await temporaryStore({ database, folder, accounts: [1] })
      for (const text of ['Subject: one\r\n\r\nsome words', 'Subject: two\r\n\r\nothers']) {
        await using message = await temporary.message(text)
        await temporary.store.deliver(message, [{ accountId: 1, mailbox: 'INBOX', prefix: Buffer.from('') }])
        await temporary.store.search.advance(1, { afresh: false, forMs: 0 })
      }
    }
    await database.write(tx => tx.run(harm))
    const found = await Array.fromAsync(checkStore(database, folder))
    assert.deepEqual([...new Set(found.map(({ what }) => what))].sort(), wanted)
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })
}
