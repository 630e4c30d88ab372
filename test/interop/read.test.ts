// curl, fetchmail, getmail, imaplib, poplib and imapflow read a mailbox of the whole corpus: every message is what IMAP's BODY[] gives, octet for octet,
// or for POP3 without UTF8 its surrogate.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ImapFlow } from 'imapflow'
import { surrogateOf } from '#mail/surrogate.ts'
import { corpus } from '../support/corpus.ts'
import { deliver, readMailbox, type Stored } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { bob, type RunningServer, startServer } from '../support/running-server.ts'

let server: RunningServer
let stored: readonly Stored[]
/** What POP3 sends to a client that has not said UTF8. */
let sent: readonly Buffer[]
const letters = corpus()

before(async () => {
  server = await startServer({ accounts: [bob] })
  for (const letter of letters) await deliver(server, letter.bytes, { to: [bob.address] })
  stored = await readMailbox(server, bob)
  sent = stored.map(({ bytes }) => Buffer.from(surrogateOf(bytes) ?? bytes))
})
after(() => server[Symbol.asyncDispose]())

/** LF line ends, as programs write files. */
function asFile(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n')
}

function bodyOf(file: string): string {
  const end = file.indexOf('\n\n')
  return end < 0 ? '' : file.slice(end + 2)
}

test('what the MX took lies in the mailbox as it was sent', () => {
  assert.equal(stored.length, letters.length)
  letters.forEach((letter, index) => {
    const bytes = stored[index]?.bytes ?? Buffer.alloc(0)
    assert.ok(bytes.subarray(bytes.length - letter.bytes.length).equals(letter.bytes), letter.name)
  })
})

const curl = (url: string, ...words: string[]) =>
  run('curl', [
    '--silent',
    '--show-error',
    '--ssl-reqd',
    '--cacert',
    server.caPath,
    '--user',
    `${bob.address}:${bob.password}`,
    ...words,
    url,
  ])

for (const scheme of ['imap', 'imaps'] as const) {
  test(`curl ${scheme} reads every message`, async () => {
    for (const [index, message] of stored.entries()) {
      const { stdout } = await curl(`${scheme}://localhost:${server.ports[scheme]}/INBOX;UID=${message.uid}`)
      assert.ok(stdout.equals(message.bytes), letters[index]?.name ?? '')
    }
  })
}

for (const scheme of ['pop3', 'pop3s'] as const) {
  test(`curl ${scheme} reads every message, and its sizes are right`, async () => {
    const list = (await curl(`${scheme}://localhost:${server.ports[scheme]}/`)).stdout.toString().trim().split('\r\n')
    assert.deepEqual(
      list,
      sent.map((bytes, index) => `${index + 1} ${bytes.length}`),
    )
    for (const [index, bytes] of sent.entries()) {
      const { stdout } = await curl(`${scheme}://localhost:${server.ports[scheme]}/${index + 1}`)
      assert.ok(stdout.equals(bytes), letters[index]?.name ?? '')
    }
  })
}

test('fetchmail reads all, leaves all, and fetches nothing twice', async () => {
  using folder = new ClientFolder()
  const config = folder.write(
    'fetchmailrc',
    `poll localhost protocol pop3 port ${server.ports.pop3s} uidl
       username "${bob.address}" password "${bob.password}"
       ssl sslcertck sslcertfile "${server.caPath}"
       keep mda "cat > ${folder.path}/$$.eml"\n`,
  )
  const words = [
    '--fetchmailrc',
    config,
    '--idfile',
    join(folder.path, 'ids'),
    '--nosyslog',
    '--pidfile',
    join(folder.path, 'pid'),
  ]
  const { stdout } = await run('fetchmail', words, { environment: { HOME: folder.path, FETCHMAILHOME: folder.path } })
  assert.match(stdout.toString(), new RegExp(`${stored.length} messages for ${bob.address.replace('.', '\\.')}`))
  const files = readdirSync(folder.path).filter(name => name.endsWith('.eml'))
  assert.equal(files.length, stored.length)
  // 1: nothing new.
  await run('fetchmail', words, { codes: [1], environment: { HOME: folder.path, FETCHMAILHOME: folder.path } })
})

for (const [kind, port] of [
  ['SimpleIMAPSSLRetriever', 'imaps'],
  ['SimplePOP3SSLRetriever', 'pop3s'],
] as const) {
  test(`getmail reads every message by ${port}, and none twice`, async () => {
    using folder = new ClientFolder()
    mkdirSync(join(folder.path, 'read'))
    folder.write(
      'getmailrc',
      `[retriever]
type = ${kind}
server = localhost
port = ${server.ports[port]}
username = ${bob.address}
password = ${bob.password}
ca_certs = ${server.caPath}
[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat > ${folder.path}/read/$$")
allow_root_commands = true
[options]
read_all = false
delete = false
delivered_to = false
received = false
verbose = 1
`,
    )
    const first = await run('getmail', ['--getmaildir', folder.path])
    assert.match(first.stdout.toString(), new RegExp(`${stored.length} messages \\(\\d+ bytes\\) retrieved`))
    const files = readdirSync(join(folder.path, 'read'))
    const read = files.map(name => bodyOf(readFileSync(join(folder.path, 'read', name), 'latin1')))
    // It writes the header anew, with a field of its own: the body is the server's word.
    const missing = stored.filter(({ bytes }) => !read.includes(bodyOf(asFile(bytes))))
    assert.deepEqual(
      missing.map(({ bytes }) => bytes.toString('latin1')),
      [],
    )
    const second = await run('getmail', ['--getmaildir', folder.path])
    assert.match(second.stdout.toString(), /\b0 messages \(0 bytes\) retrieved/)
  })
}

const readers = {
  imaplib: `
import imaplib, ssl, sys
port, ca, user, password = sys.argv[1:]
imap = imaplib.IMAP4_SSL('localhost', int(port), ssl_context=ssl.create_default_context(cafile=ca))
imap.login(user, password)
assert imap.select('INBOX', readonly=True)[0] == 'OK'
_, (numbers,) = imap.search(None, 'ALL')
for number in numbers.split():
    _, data = imap.fetch(number, '(BODY.PEEK[])')
    sys.stdout.buffer.write(b'%d\\n' % len(data[0][1]) + data[0][1])
imap.logout()
`,
  poplib: `
import poplib, ssl, sys
port, ca, user, password = sys.argv[1:]
pop = poplib.POP3_SSL('localhost', int(port), context=ssl.create_default_context(cafile=ca))
poplib._MAXLINE = 100000
pop.user(user)
pop.pass_(password)
count, _ = pop.stat()
for number in range(1, count + 1):
    _, lines, _ = pop.retr(number)
    body = b''.join(line + b'\\r\\n' for line in lines)
    sys.stdout.buffer.write(b'%d\\n' % len(body) + body)
pop.quit()
`,
} as const

for (const [name, port] of [
  ['imaplib', 'imaps'],
  ['poplib', 'pop3s'],
] as const) {
  test(`Python's ${name} reads every message`, async () => {
    const words = ['-c', readers[name], String(server.ports[port]), server.caPath, bob.address, bob.password]
    const { stdout } = await run('/usr/bin/python3', words)
    assert.deepEqual(
      lengthPrefixed(stdout).map(bytes => bytes.toString('latin1')),
      (name === 'poplib' ? sent : stored.map(({ bytes }) => bytes)).map(bytes => bytes.toString('latin1')),
    )
  })
}

function lengthPrefixed(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(10, at)
    const end = lineEnd + 1 + Number(bytes.toString('latin1', at, lineEnd))
    found.push(bytes.subarray(lineEnd + 1, end))
    at = end
  }
  return found
}

test('imapflow reads every message, its envelope and structure', async () => {
  const client = new ImapFlow({
    host: 'localhost',
    port: server.ports.imaps,
    secure: true,
    auth: { user: bob.address, pass: bob.password },
    tls: { ca: readFileSync(server.caPath) },
    logger: false,
  })
  await client.connect()
  try {
    await client.mailboxOpen('INBOX', { readOnly: true })
    const read = []
    for await (const message of client.fetch('1:*', { uid: true, source: true, envelope: true, bodyStructure: true }))
      read.push(message)
    assert.deepEqual(
      read.map(({ uid }) => uid),
      stored.map(({ uid }) => uid),
    )
    for (const [index, message] of read.entries())
      assert.ok(message.source?.equals(stored[index]?.bytes ?? Buffer.alloc(0)), letters[index]?.name ?? '')
    const german = read[letters.findIndex(({ name }) => name === 'python-alternative')]
    assert.equal(german?.envelope?.from?.[0]?.name, 'Alice Ärger')
    assert.equal(german?.bodyStructure?.type, 'multipart/mixed')
    assert.equal(german?.bodyStructure?.childNodes?.[0]?.type, 'multipart/alternative')
  } finally {
    await client.logout()
  }
})
