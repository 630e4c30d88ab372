// posthouse mail import, from Maildirs on disk into an installation whose server does not run, and through the socket of one that does.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { controlSocketPath, databasePath } from '#config/paths.ts'
import { serveControl } from '#control/server.ts'
import { systemClock } from '#io/clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { systemRandom } from '#io/random.ts'
import { sql } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { flag } from '#mail/flags.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { fakeTerminal } from './fake-terminal.ts'
import { openOffline } from './offline.ts'
import { run } from './run.ts'

const accountId = 1
const address = 'alice@example.test'

describe('posthouse mail import', () => {
  let folder: string
  let data: string
  let maildir: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-import-'))
    data = join(folder, 'data')
    maildir = join(folder, 'Maildir')
    await posthouse(['domain', 'add', 'example.test'])
    await posthouse(['account', 'add', address], 'long enough')
  })
  afterEach(async () => {
    assert.deepEqual((await posthouse(['check'])).printed, [])
    await rm(folder, { recursive: true })
  })

  async function posthouse(words: readonly string[], piped = '') {
    const terminal = fakeTerminal({ folder, piped })
    const code = await run([...words, '--data', data], terminal)
    return { code, printed: terminal.printed, said: terminal.said }
  }

  /** @param mailbox as its folder is called; '' for INBOX */
  async function write(mailbox: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const name of ['cur', 'new', 'tmp']) await mkdir(join(maildir, mailbox, name), { recursive: true })
    for (const [name, text] of Object.entries(files)) await writeFile(join(maildir, mailbox, name), text)
  }

  async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    await using database = await openSqlite({ path: databasePath(data) })
    const outside = { clock: systemClock, log: memoryLog(), random: systemRandom }
    await using store = await openStore({ database, folder: data, freeBytesThreshold: 0, ...outside })
    return await work(store)
  }

  interface Stored {
    readonly text: string
    readonly flags: number
    readonly keywords: string
    readonly date: number
    readonly uidl: string | undefined
    readonly uid: number
  }

  async function stored(name: string): Promise<readonly Stored[]> {
    return await withStore(async store => {
      const mailbox = await store.mailbox(accountId, name)
      using view = await store.openView(accountId, mailbox?.mailboxId ?? 0)
      assert.ok(view, `no mailbox ${name}`)
      const uidls = await store.uidls(accountId)
      const { count, uids, flags, keywords, dates, entryIds, messageIds } = view.current
      const messages: Stored[] = []
      for (let at = 0; at < count; at += 1) {
        const message = await store.message(accountId, messageIds[at] ?? 0)
        const octets = (await message?.read(0, message.sizeBytes)) ?? new Uint8Array(0)
        messages.push({
          text: Buffer.from(octets).toString('latin1'),
          flags: flags[at] ?? 0,
          keywords: keywords[at] ?? '',
          date: dates[at] ?? 0,
          uidl: uidls.get(entryIds[at] ?? 0),
          uid: uids[at] ?? 0,
        })
      }
      return messages
    })
  }

  const importMail = (...words: readonly string[]) => posthouse(['mail', 'import', address, maildir, ...words])

  test('a Maildir with all that is in it', async () => {
    await write('', {
      'cur/20.b:2,S': 'Subject: b\n\nb\n',
      'cur/10.a:2,FRPab': 'Subject: a\n\na',
      'new/30.c': 'Subject: c\r\n\r\nc\r\n',
      'new/.hidden': 'Subject: no\n\n',
      'tmp/40.d': 'Subject: not whole\n\n',
      'dovecot-uidlist': '3 V16 N9 Gab\n2 :20.b\n5 Pkept :10.a:2,S\n7 :gone\n',
      'dovecot-keywords': '0 $Junk\n1 later\n',
    })
    await utimes(join(maildir, 'cur/10.a:2,FRPab'), 1_600_000_000, 1_600_000_000)
    await write('.Sent', { 'cur/1.s:2,S': 'Subject: s\n\n', 'dovecot-uidlist': '3 V17 N2\n1 :1.s\n' })
    await write('.Projekte.Gr&APYA3w-e.R&D', { 'cur/1.g:2,T': 'Subject: g\n\n' })
    await write('.Empty%', {})
    const dry = await importMail('--dry-run')
    const uidls = '(dovecot-uidlist, %08Xu%08Xv, UIDVALIDITY 16; like 0000000200000010)'
    assert.deepEqual([dry.code, dry.said], [0, ['nothing was written']])
    assert.deepEqual(dry.printed, [
      `INBOX: 3 messages to import, 2 with the unique-ids that POP3 knows ${uidls}`,
      'Empty_: 0 messages to import',
      'Projekte/Größe/R&D: 1 message to import',
      'Sent: 1 message to import',
    ])
    assert.deepEqual(await stored('INBOX'), [])
    const done = await importMail()
    assert.deepEqual([done.code, done.said], [0, []])
    assert.deepEqual(
      done.printed,
      dry.printed.map(line => line.replace('to import', 'imported')),
    )
    const inbox = await stored('INBOX')
    assert.deepEqual(
      inbox.map(({ text, flags, keywords, uidl }) => [text, flags, keywords, uidl]),
      [
        ['Subject: b\r\n\r\nb\r\n', flag.seen, '', '0000000200000010'],
        ['Subject: a\r\n\r\na\r\n', flag.flagged | flag.answered, '$Forwarded $Junk later', 'kept'],
        ['Subject: c\r\n\r\nc\r\n', 0, '', undefined],
      ],
    )
    assert.equal(inbox[1]?.date, 1_600_000_000_000)
    assert.deepEqual(
      (await stored('Sent')).map(({ uidl, flags }) => [uidl, flags]),
      [[undefined, flag.seen]],
    )
    assert.equal((await stored('Projekte/Größe/R&D'))[0]?.flags, flag.deleted)
    const subscribed = await withStore(store => store.subscriptions(accountId))
    assert.ok(['Empty_', 'Projekte/Größe/R&D'].every(name => subscribed.includes(name)))
  })

  test('given again it brings what came since, and nothing that was deleted', async () => {
    await write('', { 'cur/1.a:2,': 'Subject: a\n\n', 'cur/2.b:2,': 'Subject: b\n\n' })
    await importMail()
    await withStore(async store => {
      const mailbox = await store.mailbox(accountId, 'INBOX')
      await store.expunge(accountId, mailbox?.mailboxId ?? 0, [1], { onlyDeleted: false })
    })
    await rename(join(maildir, 'cur/2.b:2,'), join(maildir, 'cur/2.b:2,S'))
    await write('', { 'new/3.c': 'Subject: c\n\n' })
    assert.deepEqual((await importMail()).printed, ['INBOX: 1 message imported, 2 were there already'])
    assert.deepEqual((await importMail()).printed, ['INBOX: 0 messages imported, 3 were there already'])
    assert.deepEqual(
      (await stored('INBOX')).map(({ uid }) => uid),
      [2, 3],
    )
  })

  test('broken off for want of room it goes on when there is more', async () => {
    const files = Array.from({ length: 250 }, (_, at) => [`cur/${1000 + at}.a:2,`, `Subject: ${at}\n\n`] as const)
    await write('', {
      ...Object.fromEntries(files),
      'dovecot-uidlist': uidlistOf(files.map(([path]) => path.slice(4))),
    })
    await posthouse(['quota', 'set', address, '--messages', '120'])
    const full = await importMail()
    assert.deepEqual([full.code, full.said.length], [65, 2])
    assert.match(full.said[0] ?? '', /has no room/)
    assert.equal((await stored('INBOX')).length, 100)
    await posthouse(['quota', 'set', address, '--messages', 'none'])
    assert.match(
      (await importMail()).printed[0] ?? '',
      /^INBOX: 150 messages imported, 100 were there already, 150 with/,
    )
    const inbox = await stored('INBOX')
    assert.deepEqual(
      inbox.map(({ text }) => text),
      files.map(([, text]) => text.replaceAll('\n', '\r\n')),
    )
    assert.equal(new Set(inbox.map(({ uidl }) => uidl)).size, 250)
  })

  test('large and compressed ones, through the socket of a running server', async () => {
    const large = `Subject: large\r\n\r\n${'0123456789abcdef\r\n'.repeat(60_000)}`
    const letters = {
      'cur/1.a:2,': large,
      'cur/2.b:2,': gzipSync(large),
      'cur/3.c:2,': zstdCompressSync('Subject: c\n\n'),
    }
    await write('', { ...letters, 'cur/4.d:2,': gzipSync('Subject: d\n\n'), 'cur/5.e:2,': 'Subject: e\n\n' })
    {
      await using offline = await openOffline(data, undefined)
      const path = controlSocketPath(data)
      await using _server = await serveControl({ path, administration: offline.administration, log: memoryLog() })
      assert.deepEqual((await importMail()).printed, ['INBOX: 5 messages imported'])
    }
    const texts = (await stored('INBOX')).map(({ text }) => text)
    assert.deepEqual(
      texts.map(text => text.length),
      [large.length, large.length, 14, 14, 14],
    )
    assert.ok(texts[0] === large && texts[1] === large)
    assert.deepEqual(await readdir(join(data, 'spool')), [])
  })

  test('what cannot be read is told, and all else comes', async () => {
    await write('', {
      'cur/1.a:2,': '',
      'cur/2.b:2,': gzipSync('Subject: b\n\n').subarray(0, 20),
      'cur/3.c:2,': 'BZh9what',
      'cur/4.d:2,': 'Subject: d\n\n',
    })
    await writeFile(join(folder, 'secret'), 'Subject: of another\n\n')
    await symlink(join(folder, 'secret'), join(maildir, 'cur/5.e:2,'))
    await symlink(folder, join(maildir, '.Link'))
    const { code, printed, said } = await importMail()
    assert.deepEqual([code, printed], [65, ['INBOX: 1 message imported']])
    assert.match(
      said.join('\n'),
      /\.Link: a link is not followed[\s\S]*1\.a: it is empty[\s\S]*2\.b: [\s\S]*3\.c: [\s\S]*5\.e: it went away/,
    )
    assert.match(said.at(-1) ?? '', /^5 could not be imported/)
    assert.deepEqual(
      (await stored('INBOX')).map(({ text }) => text),
      ['Subject: d\r\n\r\n'],
    )
  })

  test('octets that lines cannot hold are encoded', async () => {
    const part = (octets: string) =>
      `MIME-Version: 1.0\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n${octets}`
    await write('', { 'cur/1.a:2,': part('a\0b') })
    await importMail()
    assert.match((await stored('INBOX'))[0]?.text ?? '', /Content-Transfer-Encoding: base64\r\n\r\nYQBi\r\n$/)
  })

  test('unique-ids that cannot be taken are counted, and the messages come', async () => {
    await write('', {
      ...{ 'cur/1.a:2,': 'X-UIDL: same\n\n', 'cur/2.b:2,': 'x-uidl:  same \n\n', 'cur/3.c:2,': 'X-UIDL: ph1\n\n' },
      'cur/4.d:2,': 'X-UIDL: two words\n\n',
    })
    const { printed } = await importMail('--uidl', 'x-uidl')
    assert.deepEqual(printed, ['INBOX: 4 messages imported, 1 with the unique-ids that POP3 knows (X-UIDL fields)'])
    assert.deepEqual(
      (await stored('INBOX')).map(({ uidl }) => uidl),
      ['same', undefined, undefined, undefined],
    )
  })

  test('an mbox goes where it is told, with what is noted in it', async () => {
    const box = join(folder, 'box')
    await writeFile(box, 'From a Mon Nov 23 10:00:00 2026 +0000\nStatus: R\nSubject: a\n\n>From a\n')
    assert.deepEqual((await posthouse(['mail', 'import', address, box, '--mailbox', 'Old/One'])).printed, [
      'Old/One: 1 message imported',
    ])
    const [one] = await stored('Old/One')
    assert.deepEqual([one?.text, one?.flags], ['Subject: a\r\n\r\nFrom a\r\n', flag.seen])
    assert.equal(one?.date, Date.UTC(2026, 10, 23, 10))
  })

  test('an account that is removed leaves nothing of it', async () => {
    await write('', { 'cur/1.a:2,': 'Subject: a\n\n' })
    await importMail()
    assert.equal((await posthouse(['account', 'remove', address, '--yes'])).code, 0)
    await using database = await openSqlite({ path: databasePath(data) })
    assert.deepEqual(await database.read(tx => tx.all(sql`SELECT name FROM imported`)), [])
  })

  const mistakes: readonly (readonly [words: readonly string[], code: number, said: RegExp])[] = [
    [['nobody@example.test', 'Maildir'], 67, /no account nobody/],
    [[address, 'nowhere'], 65, /there is no .*nowhere/],
    [[address, '.'], 65, /is no Maildir/],
    [[address, 'list'], 65, /no mbox file/],
    [[address, 'Maildir', '--format', 'mdbox'], 64, /--format mdbox/],
    [[address, 'Maildir', '--uidl', 'qpopper'], 64, /--uidl qpopper/],
    [[address, 'Maildir', '--uidl', 'courier'], 65, /no courierpop3dsizelist/],
    [[address, 'Maildir', '--uidl', '%08Xu'], 65, /no dovecot-uidlist/],
    [[address, 'Maildir', '--mailbox', 'a//b'], 65, /cannot be made a mailbox/],
  ]
  test('mistakes are told, with what to do', async () => {
    await write('', { 'cur/1.a:2,': 'Subject: a\n\n' })
    await writeFile(join(folder, 'list'), 'no mail\n')
    for (const [words, code, said] of mistakes) {
      const outcome = await posthouse(['mail', 'import', ...words])
      assert.equal(outcome.code, code, words.join(' '))
      assert.match(outcome.said.join('\n'), said)
      assert.match(outcome.said.at(-1) ?? '', /^next: ./)
    }
    assert.deepEqual(await stored('INBOX'), [])
  })
})

function uidlistOf(files: readonly string[]): string {
  return `3 V16 N${files.length + 1}\n${files.map((file, at) => `${at + 1} :${file}\n`).join('')}`
}
