// POP3 programs that leave their mail on the server move from a Dovecot to Posthouse with the mailbox, and keep what they remember: nothing is fetched
// twice. It is one host name and port before and after, as it is for their users.

import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DovecotMail, dovecotPop3Installed, startDovecotPop3 } from '../support/dovecot-pop3.ts'
import { LineClient } from '../support/line-client.ts'
import { LmtpSink } from '../support/lmtp-sink.ts'
import { deliver, readMailbox } from '../support/mail-client.ts'
import { type ClaimedPorts, claimPorts } from '../support/ports.ts'
import { ClientFolder, run } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const count = 1_000
/** fetchmail starts a process for each message, which takes its time where others are at work too. */
const limitMs = 180_000

/** What a client has in its mailbox after a look, and how it looks. */
interface Client {
  readonly name: string
  /** Fetches what is new, and keeps it on the server; settles with how many messages that were. */
  fetch(): Promise<number>
}

describe('the switch from Dovecot', { skip: dovecotPop3Installed() ? false : 'Dovecot is not installed' }, () => {
  let ports: ClaimedPorts
  let server: RunningServer
  let uidls: readonly string[]
  let sink: LmtpSink
  const mail = new DovecotMail()
  const folder = new ClientFolder()
  const caPath = join(folder.path, 'ca.pem')
  const clients: Client[] = []

  before(
    async () => {
      ports = await claimPorts()
      const port = ports.offset + 995
      mail.write('alice', Object.fromEntries(Array.from({ length: count }, (_, index) => fileOf(index))))
      await using dovecot = await startDovecotPop3(mail, { port, password: alice.password })
      copyFileSync(dovecot.certificate, caPath)
      uidls = await askUidls(port)
      const sinkPath = join(folder.path, 'lmtp')
      sink = await LmtpSink.open(sinkPath)
      clients.push(...[fetchmail, getmail, mpop].map(make => make(folder, { port, caPath, sink, sinkPath })))
      for (const client of clients) assert.equal(await client.fetch(), count, client.name)
      for (const client of clients) assert.equal(await client.fetch(), 0, `${client.name} again`)
    },
    { timeout: 600_000 },
  )
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    await sink[Symbol.asyncDispose]()
    await ports[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
    mail[Symbol.dispose]()
  })

  test('the default format is known: its unique-ids are those that are computed', () => {
    const list = readFileSync(join(mail.maildir('alice'), 'dovecot-uidlist'), 'latin1')
    const uidValidity = Number(/^3 V(\d+) /.exec(list)?.[1])
    const hex = (number: number) => number.toString(16).padStart(8, '0')
    assert.equal(uidls[0], `${hex(1)}${hex(uidValidity)}`)
    assert.equal(uidls.at(-1), `${hex(count)}${hex(uidValidity)}`)
  })

  test('the import brings all messages with their unique-ids, once', async () => {
    server = await startServer({ accounts: [alice], portOffset: ports.offset })
    writeFileSync(caPath, readFileSync(server.caPath))
    const [dry] = await importMail('--dry-run')
    assert.deepEqual([dry?.['messages'], dry?.['uidls'], dry?.['uidl']], [count, count, uidls[0]])
    assert.deepEqual(await askUidls(ports.offset + 995), [])
    const [inbox] = await importMail()
    assert.deepEqual([inbox?.['messages'], inbox?.['uidls'], inbox?.['before']], [count, count, 0])
    const [again] = await importMail()
    assert.deepEqual([again?.['messages'], again?.['before']], [0, count])
    assert.deepEqual(await askUidls(ports.offset + 995), uidls)
  })

  test('octets and flags are those of the files', async () => {
    const stored = await readMailbox(server, alice)
    assert.equal(stored.length, count)
    for (const [index, { bytes, flags }] of stored.entries()) {
      assert.equal(bytes.toString('latin1'), textOf(index).replaceAll('\n', '\r\n'))
      assert.deepEqual(flags.filter(name => name !== '\\Recent').sort(), flagsOf(index))
    }
  })

  test('no program fetches anything twice', { timeout: 180_000 }, async () => {
    for (const client of clients) assert.equal(await client.fetch(), 0, client.name)
  })

  test('all fetch what comes after that', { timeout: 180_000 }, async () => {
    for (const number of [1, 2, 3])
      await deliver(server, Buffer.from(`Subject: new ${number}\r\n\r\nnew\r\n`), { to: [alice.address] })
    for (const client of clients) assert.equal(await client.fetch(), 3, client.name)
    for (const client of clients) assert.equal(await client.fetch(), 0, `${client.name} again`)
  })

  async function importMail(...words: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const given = ['mail', 'import', alice.address, mail.maildir('alice'), '--json', '--data', server.data, ...words]
    const { stdout } = await run(process.execPath, [mainFile, ...given])
    const lines = stdout.toString().split('\n')
    return lines.filter(line => line !== '').map(line => JSON.parse(line) as Record<string, unknown>) // as --json prints them
  }
})

/** Every tenth is unread and lies in new; the others have one flag or none. */
function fileOf(index: number): [name: string, text: string] {
  const base = `${1_700_000_000 + index}.M${index}P1.test`
  const letters = ['S', 'FS', 'RS', '', 'DS'][index % 5] ?? ''
  return [index % 10 === 9 ? `new/${base}` : `cur/${base}:2,${letters}`, textOf(index)]
}

/** To Dovecot's IMAP what was fetched by POP3 is seen. */
function flagsOf(index: number): readonly string[] {
  if (index % 10 === 9) return ['\\Seen']
  return (
    [['\\Seen'], ['\\Flagged', '\\Seen'], ['\\Answered', '\\Seen'], ['\\Seen'], ['\\Draft', '\\Seen']][index % 5] ?? []
  )
}

function textOf(index: number): string {
  return `From: writer@example.org\nSubject: letter ${index}\nMessage-ID: <${index}@example.org>\n\n.A dot, and the number ${index}.\n`
}

/** What UIDL says of all messages. */
async function askUidls(port: number): Promise<readonly string[]> {
  const client = await LineClient.open({ host: '127.0.0.1', port }, true)
  client.write(`USER ${alice.address}\r\nPASS ${alice.password}\r\nUIDL\r\nQUIT\r\n`)
  const told = await client.until(/^\.\r\n\+OK[^\n]*\r\n$/m)
  client.close()
  return [...told.matchAll(/^\d+ (\S+)\r$/gm)].map(([, uidl = '']) => uidl)
}

interface At {
  readonly port: number
  readonly caPath: string
  /** Where getmail delivers to. */
  readonly sink: LmtpSink
  readonly sinkPath: string
}

function fetchmail(folder: ClientFolder, { port, caPath }: At): Client {
  const box = join(folder.path, 'fetchmail.mbox')
  writeFileSync(box, '')
  const config = folder.write(
    'fetchmailrc',
    `poll localhost protocol pop3 port ${port} uidl
       username "${alice.address}" password "${alice.password}"
       ssl sslcertck sslcertfile "${caPath}"
       keep mda "cat >> ${box}; echo END >> ${box}"\n`,
  )
  const files = ['--idfile', join(folder.path, 'ids'), '--pidfile', join(folder.path, 'pid')]
  const environment = { HOME: folder.path, FETCHMAILHOME: folder.path }
  return {
    name: 'fetchmail',
    async fetch() {
      const before = timesIn(box, /^END$/gm)
      // 1: nothing new.
      await run('fetchmail', ['--fetchmailrc', config, ...files, '--nosyslog'], { codes: [0, 1], environment, limitMs })
      return timesIn(box, /^END$/gm) - before
    },
  }
}

function getmail(folder: ClientFolder, { port, caPath, sink, sinkPath }: At): Client {
  mkdirSync(join(folder.path, 'getmail'))
  const config = folder.write(
    'getmailrc',
    `[retriever]
type = SimplePOP3SSLRetriever
server = localhost
port = ${port}
username = ${alice.address}
password = ${alice.password}
ca_certs = ${caPath}
[destination]
type = MDA_lmtp
host = ${sinkPath}
override = ${alice.address}
[options]
read_all = false
delete = false
delivered_to = false
received = false
`,
  )
  return {
    name: 'getmail',
    async fetch() {
      const before = sink.messages
      await run('getmail', ['--getmaildir', join(folder.path, 'getmail'), '--rcfile', config], { limitMs })
      return sink.messages - before
    },
  }
}

function mpop(folder: ClientFolder, { port, caPath }: At): Client {
  const box = join(folder.path, 'mpop.mbox')
  writeFileSync(box, '')
  const config = folder.write(
    'mpoprc',
    `account default
host localhost
port ${port}
tls on
tls_starttls off
tls_trust_file ${caPath}
user ${alice.address}
password ${alice.password}
auth user
keep on
delivery mbox ${box}
uidls_file ${join(folder.path, 'mpop-uidls')}
received_header off
`,
  )
  return {
    name: 'mpop',
    async fetch() {
      const before = timesIn(box, /^From /gm)
      await run('mpop', ['--file', config, '--quiet'], { environment: { HOME: folder.path }, limitMs })
      return timesIn(box, /^From /gm) - before
    },
  }
}

function timesIn(file: string, words: RegExp): number {
  return readFileSync(file, 'latin1').match(words)?.length ?? 0
}
