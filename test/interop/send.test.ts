// swaks, msmtp, nodemailer, curl and smtplib send through 465 and 587; what lies in the mailbox ends with what was sent, octet for octet.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createTransport } from 'nodemailer'
import { corpus, type Letter, largeLetter, manyRecipientsLetter } from '../support/corpus.ts'
import { deliver, readMailbox, stuffed } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { bob, mainFile, type RunningServer, startServer } from '../support/running-server.ts'

const writer = { address: 'writer@example.test', password: 'writer-secret' } as const
type Mode = 'implicit' | 'starttls'

interface Sender {
  readonly name: string
  readonly send: (letter: Letter, mode: Mode) => Promise<unknown>
}

let server: RunningServer
const folder = new ClientFolder()
before(async () => {
  server = await startServer({ accounts: [writer, bob] })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const portOf = (mode: Mode): number => (mode === 'implicit' ? server.ports.submissions : server.ports.submission)

async function bySwaks(letter: Letter, mode: Mode): Promise<void> {
  // Left to itself swaks takes a line end or a last dot for its own doing and changes it.
  const path = join(folder.path, 'swaks.eml')
  writeFileSync(path, Buffer.concat([stuffed(letter.bytes), Buffer.from('.\r\n')]))
  const tls = mode === 'implicit' ? ['--tls-on-connect'] : ['--tls']
  const words = [
    '--server',
    server.host,
    '--port',
    String(portOf(mode)),
    ...tls,
    '--tls-ca-path',
    server.caPath,
    '--tls-verify',
  ]
  const login = ['--auth', 'PLAIN', '--auth-user', writer.address, '--auth-password', writer.password]
  await run('swaks', [
    ...words,
    ...login,
    '--from',
    writer.address,
    '--to',
    bob.address,
    '--no-data-fixup',
    '--data',
    `@${path}`,
  ])
}

async function byMsmtp(letter: Letter, mode: Mode): Promise<void> {
  const config = folder.write(
    'msmtprc',
    [
      'account default',
      'host localhost',
      `port ${portOf(mode)}`,
      'auth on',
      `user ${writer.address}`,
      `password ${writer.password}`,
      `from ${writer.address}`,
      'tls on',
      `tls_starttls ${mode === 'starttls' ? 'on' : 'off'}`,
      `tls_trust_file ${server.caPath}`,
      'set_from_header off',
      'set_date_header off',
      'set_msgid_header off',
      '',
    ].join('\n'),
  )
  await run('msmtp', [`--file=${config}`, '--', bob.address], { input: letter.bytes })
}

async function byNodemailer(letter: Letter, mode: Mode): Promise<void> {
  const transport = createTransport({
    host: 'localhost',
    port: portOf(mode),
    secure: mode === 'implicit',
    requireTLS: true,
    auth: { user: writer.address, pass: writer.password },
    tls: { ca: readFileSync(server.caPath) },
  })
  await transport.sendMail({ envelope: { from: writer.address, to: [bob.address] }, raw: letter.bytes })
  transport.close()
}

async function byCurl(letter: Letter, mode: Mode): Promise<void> {
  const url = `${mode === 'implicit' ? 'smtps' : 'smtp'}://localhost:${portOf(mode)}/laptop.example.test`
  const words = [
    '--silent',
    '--show-error',
    '--ssl-reqd',
    '--cacert',
    server.caPath,
    '--user',
    `${writer.address}:${writer.password}`,
  ]
  await run('curl', [...words, '--mail-from', writer.address, '--mail-rcpt', bob.address, '--upload-file', '-', url], {
    input: letter.bytes,
  })
}

const smtplibScript = `
import smtplib, ssl, sys
mode, port, ca, user, password, to = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
if mode == 'implicit':
    server = smtplib.SMTP_SSL('localhost', int(port), context=context)
else:
    server = smtplib.SMTP('localhost', int(port))
    server.starttls(context=context)
server.login(user, password)
server.sendmail(user, [to], sys.stdin.buffer.read(), mail_options=['BODY=8BITMIME'])
server.quit()
`

async function bySmtplib(letter: Letter, mode: Mode): Promise<void> {
  const words = [mode, String(portOf(mode)), server.caPath, writer.address, writer.password, bob.address]
  await run('/usr/bin/python3', ['-c', smtplibScript, ...words], { input: letter.bytes })
}

const senders: readonly Sender[] = [
  { name: 'swaks', send: bySwaks },
  { name: 'msmtp', send: byMsmtp },
  { name: 'nodemailer', send: byNodemailer },
  { name: 'curl', send: byCurl },
  { name: 'smtplib', send: bySmtplib },
]

/** Those that the login may send: From is the writer's. */
const letters = corpus().filter(({ bytes }) => /^From: writer@/m.test(bytes.toString('latin1')))

/** What a program can't be made to send as it is: it would not be the program's word then. */
const unsent: Readonly<Record<string, readonly string[]>> = {
  // Reads a header until its blank line, and adds one that is missing.
  msmtp: ['header-only'],
}

async function lastMessage(): Promise<Buffer> {
  const stored = await readMailbox(server, bob)
  const last = stored.at(-1)
  assert.ok(last, 'nothing arrived')
  return last.bytes
}

function assertArrived(stored: Buffer, sent: Buffer): void {
  const tail = stored.subarray(stored.length - sent.length)
  assert.ok(
    tail.equals(sent),
    `wanted the message to end with\n${sent.toString('latin1').slice(0, 2_000)}\nit is\n${stored.toString('latin1').slice(0, 3_000)}`,
  )
  const added = stored.toString('latin1', 0, stored.length - sent.length)
  assert.match(added, /^Return-Path: <writer@example\.test>\r\n/)
  assert.match(added, /^Received: from .*\r\n(?:[ \t].*\r\n)*/m)
  assert.match(added, /\r\n$/)
}

for (const { name, send } of senders) {
  for (const mode of ['implicit', 'starttls'] as const) {
    test(`${name} sends the corpus by ${mode === 'implicit' ? '465' : '587'}`, async t => {
      for (const letter of letters) {
        if (unsent[name]?.includes(letter.name)) continue
        await t.test(letter.name, async () => {
          await send(letter, mode)
          assertArrived(await lastMessage(), letter.bytes)
        })
      }
    })
  }
}

describe('large and many', () => {
  test('a 25 MB attachment comes whole through submission', async () => {
    const letter = largeLetter()
    await byMsmtp(letter, 'implicit')
    assertArrived(await lastMessage(), letter.bytes)
  })

  test('1,000 recipients in one transaction: each owner gets one copy', async () => {
    const recipients = Array.from({ length: 1_000 }, (_, number) => `bob+list${number}@example.test`)
    const before = (await readMailbox(server, bob)).length
    const letter = manyRecipientsLetter(recipients)
    await deliver(server, letter.bytes, { to: recipients })
    const stored = await readMailbox(server, bob)
    assert.equal(stored.length, before + 1)
    assert.ok(stored.at(-1)?.bytes.subarray(-letter.bytes.length).equals(letter.bytes))
  })

  test('a recipient at another host is taken, and the message is held: this server lets no mail out', async () => {
    await run('swaks', [
      ...['--server', server.host, '--port', String(server.ports.submissions), '--tls-on-connect'],
      ...['--auth', 'LOGIN', '--auth-user', writer.address, '--auth-password', writer.password],
      ...['--from', writer.address, '--to', 'someone@elsewhere.example'],
    ])
    const listed = await run(process.execPath, [mainFile, 'queue', 'list', '--json', '--data', server.data])
    assert.match(listed.stdout.toString(), /"address":"someone@elsewhere\.example","state":"held"/)
  })

  test('a stranger may not relay: 550 5.7.1 with the way out', async () => {
    const refused = run('swaks', [
      ...['--server', server.host, '--port', String(server.ports.smtp)],
      ...['--from', 'a@elsewhere.example', '--to', 'b@elsewhere.example'],
    ])
    await assert.rejects(refused, /550[ -]5\.7\.1 .*(465|587)/s)
  })
})
