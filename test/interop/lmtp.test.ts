// Postfix hands mail to our LMTP, by TCP and by a unix socket: many recipients at once, of whom some are refused. Those who can have it get
// one copy, and its sender reads of the others in our words.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { imapLogin, readMailbox, type Stored } from '../support/mail-client.ts'
import { MailSystem, whyNoMailSystem } from '../support/mail-system.ts'
import { postfix } from '../support/mail-systems.ts'
import { run } from '../support/program.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'

const full = { address: 'full@example.test', password: 'full-secret' } as const
const gone = { address: 'gone@example.test', password: 'gone-secret' } as const
const readers = Array.from({ length: 6 }, (_, number) => ({
  address: `reader${number}@example.test`,
  password: 'reader-secret',
}))
const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const lmtpPort = 24
const limit = { timeout: 30_000 } as const

const head = (subject: string): string =>
  [
    'From: Alice <alice@example.test>',
    'To: many@example.test',
    `Subject: ${subject}`,
    'Date: Mon, 02 Nov 2026 10:00:00 +0000',
    `Message-ID: <${subject}@postfix.example>`,
    '',
    '',
  ].join('\n')

describe('Postfix by LMTP', { skip: whyNoMailSystem() ?? false }, () => {
  /** Postfix's own user must get at the socket. */
  const sockets = mkdtempSync(join(tmpdir(), 'posthouse-lmtp-'))
  chmodSync(sockets, 0o755)
  let server: RunningServer
  before(async () => {
    server = await startServer({
      accounts: [alice, bob, full, gone, ...readers],
      config: offset => ({
        hostname: 'mail.example.test',
        tls: { ownAuthority: ['localhost'] },
        limits: { freeBytes: 0 },
        listeners: [
          { protocol: 'lmtp', host: '127.0.0.1', port: offset + lmtpPort },
          { protocol: 'lmtp', name: 'lmtp-socket', path: join(sockets, 'lmtp.sock'), mode: '0666' },
          { protocol: 'imap', host: '127.0.0.1', port: offset + 993, tls: 'implicit' },
        ],
      }),
    })
    const posthouse = async (...words: string[]) =>
      await run(process.execPath, [mainFile, ...words, '--data', server.data])
    await posthouse('quota', 'set', full.address, '1')
    await posthouse('account', 'disable', gone.address)
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    rmSync(sockets, { recursive: true })
  })

  /** Where the listeners are: `place` is Postfix's word for it. */
  const ways = [
    { name: 'TCP', place: () => `inet:127.0.0.1:${server.ports.smtp - 25 + lmtpPort}`, from: '127.0.0.1' },
    { name: 'a unix socket', place: () => 'unix:/run/posthouse/lmtp.sock', from: 'unix' },
  ] as const

  for (const way of ways)
    describe(`by ${way.name}`, () => {
      let system: MailSystem
      before(async () => {
        system = await MailSystem.start({
          ...postfix({
            virtual_mailbox_domains: 'example.test',
            virtual_mailbox_maps: 'static:all',
            virtual_transport: `lmtp:${way.place()}`,
            lmtp_destination_recipient_limit: '100',
          }),
          folders: { '/run/posthouse': sockets },
        })
      })
      after(async () => await system?.[Symbol.asyncDispose]())

      test('everyone who can have it gets one copy, and three refusals go back in our words', limit, async () => {
        const subject = `many-${way.from}`
        const letter = `${head(subject)}Hello, all.\n.\n..two\n`
        const recipients = [...readers, bob, full, gone].map(({ address }) => address)
        const words = ['-i', '-f', alice.address, ...recipients, 'bob+again@example.test', 'nobody@example.test']
        await system.run('/usr/sbin/sendmail', words, { input: letter })
        const bounce = await arrived(alice, subject)
        const told = bounce.bytes.toString().replace(/\s+/g, ' ')
        assert.match(
          told,
          /<nobody@example\.test>: host \S+ said: 550 5\.1\.1 <nobody@example\.test>: there is no such/,
        )
        assert.match(told, /<full@example\.test>: host \S+ said: 552 5\.2\.2 /)
        assert.match(told, /<gone@example\.test>: host \S+ said: 5\d\d 5\.2\.1 /)
        assert.equal(told.match(/ said: 5/g)?.length, 3)

        const sent = Buffer.from(letter.replaceAll('\n', '\r\n'))
        for (const reader of [...readers, bob]) {
          const copies = (await readMailbox(server, reader)).filter(({ bytes }) => bytes.includes(`<${subject}@`))
          assert.equal(copies.length, 1, reader.address)
          const [{ bytes }] = copies as [Stored]
          assert.ok(bytes.subarray(-sent.length).equals(sent), bytes.toString())
          assert.match(
            bytes.toString(),
            /^Received: from postfix\.example [^\n]*\r\n\tby mail\.example\.test with LMTP /m,
          )
        }
      })
    })

  /** Settles with alice's message of that subject that is a report. */
  async function arrived(login: typeof alice, subject: string): Promise<Stored> {
    const watcher = await imapLogin(server, login)
    try {
      await watcher.command('s', 'SELECT INBOX')
      watcher.write('i IDLE\r\n')
      await watcher.until(/^\+ [^\n]*\n$/m)
      for (;;) {
        const stored = await readMailbox(server, login)
        const found = stored.find(({ bytes }) => bytes.includes(`<${subject}@`))
        if (found !== undefined) return found
        await watcher.chunk()
      }
    } finally {
      watcher.close()
    }
  }
})
