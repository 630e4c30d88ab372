// Each fault is made by hand, and must be found.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Sql, sql } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { blobPath } from './blobs.ts'
import { checkStore } from './check.ts'
import { temporaryStore } from './temporary-store.ts'

interface Broken {
  readonly folder: string
  readonly blobId: number
  run(statement: Sql): Promise<unknown>
}

/** What the check finds in a small store after `harm` was done to it. */
async function findingsAfter(harm: (broken: Broken) => Promise<unknown>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-check-'))
  const database = await openSqlite({ path: join(folder, 'posthouse.db') })
  {
    await using temporary = await temporaryStore({ database, folder, accounts: [1] })
    for (const text of ['one', 'two', 'z'.repeat(200_000)]) {
      await using message = await temporary.message(text)
      await temporary.store.deliver(message, [
        { accountId: 1, mailbox: 'INBOX', prefix: Buffer.from('p'), envelope: '{}' },
      ])
    }
    await using kept = await temporary.message('kept')
    await temporary.store.keep(kept, async () => {})
    const inbox = (await temporary.store.mailbox(1, 'INBOX'))?.mailboxId ?? 0
    await temporary.store.expunge(1, inbox, [2], { onlyDeleted: false })
  }
  const run = (statement: Sql) => database.write(tx => tx.run(statement))
  const row = await database.read(tx => tx.get<[number]>(sql`SELECT blob_id FROM blob WHERE place = 'file'`))
  await harm({ folder, run, blobId: row?.[0] ?? 0 })
  const found = await Array.fromAsync(checkStore(database, folder))
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
  return [...new Set(found.map(({ what }) => what))].sort()
}

const harms: readonly (readonly [string, readonly string[], (broken: Broken) => Promise<unknown>])[] = [
  ['nothing', [], async () => {}],
  ['a count', ['mailbox-counts'], ({ run }) => run(sql`UPDATE mailbox SET unseen_count = 7 WHERE name = 'INBOX'`)],
  ['the quota', ['quota-sums'], ({ run }) => run(sql`UPDATE mail_account SET used_bytes = used_bytes - 1`)],
  [
    'UIDNEXT',
    ['tombstone-uid-not-below-uidnext', 'uid-not-below-uidnext'],
    ({ run }) => run(sql`UPDATE mailbox SET uidnext = 2, recent_from = 1 WHERE name = 'INBOX'`),
  ],
  ['a flag', ['unknown-flag'], ({ run }) => run(sql`UPDATE entry SET flags = 64 WHERE uid = 1`)],
  ['a flag of what is gone', ['unknown-flag'], ({ run }) => run(sql`UPDATE expunged SET flags = 32`)],
  [
    'a tombstone',
    ['bare-tombstone-with-more', 'message-references'],
    ({ run }) => run(sql`UPDATE expunged SET message_id = NULL, removed_by = 'pop3'`),
  ],
  ['a surrogate', ['surrogate-of-no-size'], ({ run }) => run(sql`UPDATE message SET surrogate_bytes = 0`)],
  [
    'a unique-id of ours',
    ['unique-id-of-nobody'],
    ({ run }) => run(sql`INSERT INTO pop3_uidl (account_id, entry_id, uidl) VALUES (1, 1, 'ph1')`),
  ],
  [
    'a unique-id of no account',
    ['unique-id-of-nobody'],
    ({ run }) => run(sql`INSERT INTO pop3_uidl (account_id, entry_id, uidl) VALUES (7, 1, 'a')`),
  ],
  [
    'HIGHESTMODSEQ',
    ['modseq-above-highest', 'tombstone-modseq-above-highest'],
    ({ run }) => run(sql`UPDATE mailbox SET highestmodseq = 1 WHERE name = 'INBOX'`),
  ],
  [
    'the mailbox of an annotation',
    ['annotation-without-mailbox'],
    ({ run }) =>
      run(sql`
        INSERT INTO metadata (account_id, mailbox_id, reader_id, entry, value)
        VALUES (${1}, ${7}, ${0}, ${'/shared/comment'}, ${new Uint8Array(1)})`),
  ],
  [
    'a right',
    ['right-without-its-other-side', 'right-without-mailbox'],
    ({ run }) =>
      run(sql`
        INSERT INTO mailbox_right (account_id, mailbox_id, grantee_id, negative, rights)
        VALUES (${1}, ${7}, ${1}, ${0}, ${'lr'})`),
  ],
  [
    'the other side of a right',
    ['grantee-without-account', 'shared-mailbox-without-right'],
    ({ run }) => run(sql`INSERT INTO shared_mailbox (account_id, owner_id, mailbox_id) VALUES (${9}, ${1}, ${7})`),
  ],
  [
    'a reader',
    ['reader-counts', 'reader-without-its-other-side'],
    ({ run }) =>
      run(sql`
        INSERT INTO reader (account_id, mailbox_id, reader_id, seen_count, highestmodseq)
        VALUES (${1}, ${7}, ${2}, ${3}, ${4})`),
  ],
  [
    'what a reader has seen',
    ['seen-without-entry', 'seen-without-reader'],
    ({ run }) =>
      run(sql`
        INSERT INTO reader_seen (account_id, mailbox_id, reader_id, uid, seen, modseq)
        VALUES (${1}, ${7}, ${2}, ${3}, ${1}, ${4})`),
  ],
  [
    'the other side of a reader',
    ['read-mailbox-without-reader'],
    ({ run }) => run(sql`INSERT INTO read_mailbox (account_id, owner_id, mailbox_id) VALUES (${2}, ${1}, ${7})`),
  ],
  ['the account counter', ['mailbox-ahead-of-account'], ({ run }) => run(sql`UPDATE mail_account SET modseq = 3`)],
  [
    'the ids',
    ['id-above-the-counter', 'mailbox-ahead-of-account'],
    ({ run }) => run(sql`UPDATE mail_account SET last_id = 3`),
  ],
  ['a UID', ['uid-used-twice'], ({ run }) => run(sql`UPDATE entry SET uid = 2 WHERE uid = 1`)],
  ['an entry id', ['entry-id-used-twice'], ({ run }) => run(sql`UPDATE entry SET entry_id = 5`)],
  [
    'a UIDVALIDITY',
    ['uidvalidity-used-twice'],
    ({ run }) => run(sql`UPDATE mailbox SET uidvalidity = 5 WHERE name IN ('INBOX', 'Sent')`),
  ],
  [
    'a mailbox',
    ['entry-without-mailbox', 'tombstone-without-mailbox'],
    ({ run }) => run(sql`DELETE FROM mailbox WHERE name = 'INBOX'`),
  ],
  [
    'a size',
    ['entry-unlike-its-message', 'message-unlike-its-blob'],
    ({ run }) => run(sql`UPDATE message SET size_bytes = 9`),
  ],
  ['references', ['message-references'], ({ run }) => run(sql`UPDATE message SET entry_refs = 2`)],
  ['blob references', ['blob-references'], ({ run }) => run(sql`UPDATE blob SET refs = 2`)],
  ['what is kept', ['blob-references'], ({ run }) => run(sql`DELETE FROM blob_kept`)],
  ['a kept blob', ['kept-without-blob'], ({ run }) => run(sql`INSERT INTO blob_kept (blob_id, kept_at) VALUES (5, 0)`)],
  [
    'an envelope',
    ['envelope-without-message'],
    ({ run }) => run(sql`INSERT INTO message_envelope (account_id, message_id, envelope) VALUES (1, 5, '')`),
  ],
  [
    'an origin',
    ['origin-without-message'],
    ({ run }) =>
      run(
        sql`INSERT INTO message_origin (account_id, message_id, origin_account, origin_message, origin_thread) VALUES (1, 5, 2, 3, 3)`,
      ),
  ],
  [
    'all messages',
    ['blob-references', 'entry-unlike-its-message', 'envelope-without-message', 'tombstone-without-message'],
    ({ run }) => run(sql`DELETE FROM message`),
  ],
  ['bytes', ['blob-unlike-its-bytes'], ({ run }) => run(sql`UPDATE blob_bytes SET bytes = ${Uint8Array.of(1)}`)],
  ['all bytes', ['blob-unlike-its-bytes'], ({ run }) => run(sql`DELETE FROM blob_bytes`)],
  [
    'blobs',
    ['bytes-without-blob', 'kept-without-blob', 'message-unlike-its-blob'],
    ({ run }) => run(sql`DELETE FROM blob WHERE place = 'table'`),
  ],
  ['a file', ['blob-without-file'], ({ folder, blobId }) => rm(blobPath(folder, blobId))],
  ['the end of a file', ['blob-unlike-its-file'], ({ folder, blobId }) => truncate(blobPath(folder, blobId), 100)],
  [
    'one file too many',
    ['file-without-blob'],
    async ({ folder }) => {
      const [shard] = await readdir(join(folder, 'blobs'))
      await writeFile(join(folder, 'blobs', shard ?? '', '77'), 'x')
    },
  ],
]
for (const [name, wanted, harm] of harms) {
  test(`the check after harm to: ${name}`, async () => assert.deepEqual(await findingsAfter(harm), wanted))
}
