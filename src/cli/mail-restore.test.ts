// `mail deleted` and `mail restore`, on an installation whose server does not run, and through the socket of one that does.

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
import { sql } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { openStore } from '#store/open.ts'
import { fakeTerminal } from './fake-terminal.ts'
import { openOffline } from './offline.ts'
import { readSince } from './read-since.ts'
import { run } from './run.ts'

const hourMs = 3_600_000
const now = Date.parse('2026-11-23T10:00:00Z')

const times: readonly (readonly [text: string, wanted: string | undefined])[] = [
  ['2026-11-23', '2026-11-23T00:00:00.000Z'],
  ['2026-11-23 06:55Z', '2026-11-23T06:55:00.000Z'],
  ['2026-11-23T06:55:07Z', '2026-11-23T06:55:07.000Z'],
  ['2 h', '2026-11-23T08:00:00.000Z'],
  ['3d', '2026-11-20T10:00:00.000Z'],
  ['30000d', '1970-01-01T00:00:00.000Z'],
  ['2026-02-30', undefined],
  ['2026-11-23 06:55', undefined],
  ['2026', undefined],
  ['yesterday', undefined],
  ['', undefined],
]

for (const [text, wanted] of times)
  test(`a time: "${text}"`, () => {
    if (wanted === undefined) assert.throws(() => readSince(text, now), /is no time/)
    else assert.equal(new Date(readSince(text, now)).toISOString(), wanted)
  })

describe('posthouse mail', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-mail-'))
    await posthouse('domain add example.test')
    await posthouse('account add alice@example.test', 'long enough')
  })
  after(async () => await rm(folder, { recursive: true }))

  const posthouse = async (line: string | readonly string[], piped = '') => {
    const terminal = fakeTerminal({ folder, piped })
    const words = typeof line === 'string' ? line.split(' ') : line
    const code = await run([...words, '--data', folder], terminal)
    return { code, printed: terminal.printed, said: terminal.said.join('\n') }
  }

  /** `count` messages that were removed three hours ago; their ids. */
  async function removed(
    count: number,
    by: 'imap' | 'pop3',
    text = 'Subject: tea\r\n\r\n',
  ): Promise<readonly string[]> {
    await using database = await openSqlite({ path: databasePath(folder) })
    const outside = { clock: manualClock(Date.now() - 3 * hourMs), log: memoryLog(), random: systemRandom }
    await using store = await openStore({ database, folder, freeBytesThreshold: 0, ...outside })
    const [[accountId = 0] = []] = await database.read(tx => tx.all<[number]>(sql`SELECT account_id FROM mail_account`))
    const inbox = (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
    await using writer = store.spool.open()
    await writer.write(Buffer.from(text))
    await using message = await writer.finish()
    const one = { message, flags: 0, keywords: '', internalDate: undefined }
    const done = await store.append(accountId, inbox, new Array(count).fill(one))
    assert.ok(done.kind === 'done')
    const uids = done.entries.map(({ uid }) => uid)
    await store.expunge(accountId, inbox, uids, { onlyDeleted: false, by })
    return done.entries.map(({ entryId }) => `ph${entryId.toString(36)}`)
  }

  const alice = 'alice@example.test'

  test('what was removed is listed and put back', async () => {
    const [one = ''] = await removed(
      1,
      'pop3',
      'From: Bob <bob@b.test>\r\nSubject: =?utf-8?q?T=C3=A9=1B[31m?=\r\n\r\nx',
    )
    const [two = ''] = await removed(1, 'imap', 'no header')
    const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\dZ`
    const listed = await posthouse(`mail deleted ${alice}`)
    const [head, first = '', second = ''] = listed.printed
    assert.match(head ?? '', /^id +removed +by +kept until +mailbox +size +from +subject$/)
    assert.match(
      first,
      new RegExp(String.raw`^${one}  ${minute}  pop3  \d{4}-\d\d-\d\d  INBOX    \d+ B  bob@b\.test  Té\?\[31m$`),
    )
    assert.match(second, new RegExp(String.raw`^${two}  ${minute}  imap  \d{4}-\d\d-\d\d  INBOX     9 B$`))

    const [json] = (await posthouse(`mail deleted ${alice} --by imap --json`)).printed
    const { deletedAt, keptUntil, ...rest } = JSON.parse(json ?? '')
    assert.equal(keptUntil - deletedAt, 14 * 24 * hourMs)
    assert.deepEqual(rest, { id: two, by: 'imap', mailbox: 'INBOX', from: '', subject: '', sizeBytes: 9 })

    assert.deepEqual(await posthouse(`mail restore ${alice} ${two} phzzz ${one}`), {
      code: 65,
      printed: [`${one}: back in INBOX, hidden from POP3 (--for-pop3 shows it there)`, `${two}: back in INBOX`],
      said: 'posthouse: no removed message phzzz is kept (any more)\nnext: posthouse mail deleted ADDRESS lists those that are',
    })
    assert.deepEqual(await posthouse(`mail deleted ${alice}`), { code: 0, printed: [], said: 'none' })
  })

  test('all that fit are put back, page by page, where one wants them', async () => {
    const ids = await removed(450, 'imap')
    const [other = ''] = await removed(1, 'pop3')
    assert.equal((await posthouse(`mail deleted ${alice}`)).printed.length, 452)
    const restored = await posthouse(`mail restore ${alice} --all --by imap --into Found/again --json`)
    assert.equal(restored.code, 0)
    assert.deepEqual(
      restored.printed.map(line => JSON.parse(line)),
      ids.map(id => ({ id, mailbox: 'Found/again', hiddenFromPop3: false })),
    )
    assert.deepEqual((await posthouse(`mail restore ${alice} --all --for-pop3`)).printed, [`${other}: back in INBOX`])
    assert.match((await posthouse(`mail restore ${alice} --all`)).said, /there is nothing to restore/)
  })

  test('what does not fit is refused, and nothing is done', async () => {
    const [id = ''] = await removed(1, 'imap')
    const refusals: readonly (readonly [line: string | readonly string[], code: number, said: RegExp])[] = [
      [`mail restore ${alice}`, 64, /which messages are to be restored/],
      [`mail restore ${alice} ${id} --all`, 64, /--all goes with no ID/],
      [`mail restore ${alice} ${id} --since 2h`, 64, /--since goes with --all/],
      [`mail restore ${alice} --all --by smtp`, 64, /no message is removed by "smtp"/],
      [`mail restore ${alice} --all --since never`, 65, /"never" is no time/],
      [['mail', 'restore', alice, '--all', '--since', '2 h'], 65, /there is nothing to restore/],
      [`mail restore ${alice} --all --mailbox Sent`, 65, /there is nothing to restore/],
      [`mail restore ${alice} --all --by pop3`, 65, /there is nothing to restore/],
      [`mail restore ${alice} ${id} --into a//b`, 65, /"a\/\/b" cannot be made a mailbox/],
      [`mail restore ${alice} 17`, 65, /no removed message 17 is kept/],
      [`mail restore ${alice} phphphphphphph`, 65, /no removed message phphphphphphph is kept/],
      ['mail restore nobody@example.test --all', 67, /there is no account nobody@example.test/],
      ['mail deleted nobody@example.test', 67, /there is no account nobody@example.test/],
      ['mail deleted', 64, /ADDRESS is missing/],
    ]
    for (const [line, code, said] of refusals) {
      const answer = await posthouse(line)
      assert.deepEqual([answer.code, answer.printed], [code, []], String(line))
      assert.match(answer.said, said)
    }
    await posthouse(`quota set ${alice} 1kB`)
    const full = await posthouse(`mail restore ${alice} ${id}`)
    assert.deepEqual([full.code, full.printed], [65, []])
    assert.match(full.said, /alice@example.test has no room for it\nnext: /)
    await posthouse(`quota set ${alice} none`)
    assert.deepEqual((await posthouse(['mail', 'restore', alice, '--all', '--since', '4 h'])).printed, [
      `${id}: back in INBOX`,
    ])
  })

  test('of a running server it is asked the same', async () => {
    const [id = ''] = await removed(1, 'pop3')
    await using offline = await openOffline(folder, undefined)
    const control = { path: controlSocketPath(folder), administration: offline.administration, log: memoryLog() }
    await using _serving = await serveControl(control)
    assert.match(
      (await posthouse(`mail deleted ${alice} --mailbox INBOX --since 4h`)).printed[1] ?? '',
      new RegExp(`^${id} `),
    )
    assert.deepEqual((await posthouse(`mail restore ${alice} ${id} --for-pop3`)).printed, [`${id}: back in INBOX`])
  })
})
