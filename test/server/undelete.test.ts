// What POP3 and IMAP removed comes back by the command line, while the server runs and while it does not.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ConfigInput } from '#config/define.ts'
import { LineClient } from '../support/line-client.ts'
import { deliver, imapLogin } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')

test('a removed message is listed, and put back before the eyes of open sessions', async () => {
  await using server = await startServer({ accounts: [alice], config })
  for (const subject of ['one', 'two', 'three'])
    await deliver(server, Buffer.from(`From: bob@b.test\r\nSubject: ${subject}\r\n\r\ntext\r\n`), {
      to: [alice.address],
    })
  assert.match(await pop3(server, 'DELE 1\r\n'), /^\+OK welcome, 3 messages/m)

  const imap = await imapLogin(server, alice)
  assert.match(await imap.command('a', 'SELECT INBOX'), /^\* 2 EXISTS/m)
  await imap.command('b', 'STORE 1 +FLAGS.SILENT (\\Deleted \\Flagged)')
  await imap.command('c', 'EXPUNGE')
  const listed = await mail(server, 'deleted', '--json')
  assert.deepEqual(
    listed.map(({ by, mailbox, from, subject }) => [by, mailbox, from, subject]),
    [
      ['pop3', 'INBOX', 'bob@b.test', 'one'],
      ['imap', 'INBOX', 'bob@b.test', 'two'],
    ],
  )

  for (const { deletedAt, keptUntil } of listed) assert.equal(Number(keptUntil) - Number(deletedAt), 24 * 3_600_000)

  imap.write('d IDLE\r\n')
  await imap.until(/^\+ /m)
  const [first, second] = listed.map(({ id }) => id)
  assert.deepEqual(await mail(server, 'restore', '--all', '--since', '1 h', '--json'), [
    { id: first, mailbox: 'INBOX', hiddenFromPop3: true },
    { id: second, mailbox: 'INBOX', hiddenFromPop3: false },
  ])
  await imap.until(/^\* 3 EXISTS\r\n/m)
  imap.write('DONE\r\n')
  assert.match(
    await imap.command('e', 'FETCH 2:3 (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])'),
    /one[\s\S]*\\Flagged[\s\S]*two/,
  )
  imap.close()
  assert.match(await pop3(server, ''), /^\+OK welcome, 2 messages/m)

  await server.stop()
  assert.deepEqual(await mail(server, 'deleted', '--json'), [])
})

/** Removed messages are kept for a day. */
function config(offset: number): ConfigInput {
  return {
    hostname: 'mail.example.test',
    tls: { ownAuthority: [] },
    limits: { undeleteMs: '1 d' },
    pop3: { onDelete: 'delete' },
    listeners: [
      { protocol: 'mx', host: '127.0.0.1', port: offset + 25 },
      { protocol: 'imap', host: '127.0.0.1', port: offset + 993, tls: 'implicit' },
      { protocol: 'pop3', host: '127.0.0.1', port: offset + 995, tls: 'implicit' },
    ],
  }
}

/** A session of alice's; what it was told. */
async function pop3(server: RunningServer, commands: string): Promise<string> {
  const client = await LineClient.open({ host: server.host, port: server.ports.pop3s }, true)
  client.write(`USER ${alice.address}\r\nPASS ${alice.password}\r\n${commands}QUIT\r\n`)
  const told = await client.until(/^\+OK goodbye\r\n$/m)
  client.close()
  return told
}

/** The lines of `posthouse mail WORD ADDRESS`, each an object. */
async function mail(server: RunningServer, word: string, ...options: readonly string[]) {
  const words = [mainFile, 'mail', word, alice.address, ...options, '--data', server.data]
  const { stdout } = await run(process.execPath, words)
  const lines = stdout
    .toString()
    .split('\n')
    .filter(line => line !== '')
  return lines.map(line => JSON.parse(line) as Readonly<Record<string, unknown>>) // as --json prints them
}
