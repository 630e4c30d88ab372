// mpop, Python's poplib with UTF8, mutt, neomutt and Thunderbird read by POP3: they fetch, keep, delete, and know again what they have.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LineClient } from '../support/line-client.ts'
import { deliver, type Login, readMailbox, type Stored } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { Terminal } from '../support/terminal.ts'
import { Thunderbird } from '../support/thunderbird.ts'

const names = ['mpop', 'poplib', 'mutt', 'neomutt', 'thunderbird'] as const
type Client = (typeof names)[number]
const loginOf = (client: Client): Login => ({ address: `${client}@example.test`, password: `${client}-secret` })
const subjects = ['first', 'second', 'third'] as const

let server: RunningServer
before(async () => {
  server = await startServer({ accounts: names.map(loginOf) })
  for (const client of names) for (const subject of subjects) await arrive(client, subject)
})
after(() => server[Symbol.asyncDispose]())

async function arrive(client: Client, subject: string): Promise<void> {
  const { address } = loginOf(client)
  const lines = [
    'From: writer@example.org',
    `To: ${address}`,
    `Subject: ${subject}`,
    '',
    `.Text of the ${subject}.`,
    '',
  ]
  await deliver(server, Buffer.from(lines.join('\r\n')), { to: [address] })
}

const subjectOf = ({ bytes }: Stored): string => /^Subject: (.*)\r$/m.exec(bytes.toString('latin1'))?.[1] ?? ''

/** What POP3 still has. */
async function inMaildrop(client: Client): Promise<readonly string[]> {
  const { address, password } = loginOf(client)
  const pop = await LineClient.open({ host: server.host, port: server.ports.pop3s }, true)
  const tops = [1, 2, 3, 4, 5].map(number => `TOP ${number} 0\r\n`)
  pop.write(`USER ${address}\r\nPASS ${password}\r\n${tops.join('')}QUIT\r\n`)
  const told = await pop.until(/^\+OK goodbye\r\n$/m)
  pop.close()
  return [...told.matchAll(/^Subject: (.*)\r$/gm)].map(([, subject = '']) => subject)
}

test('mpop keeps what it fetched, fetches what is new, and deletes when it is told to', async () => {
  using folder = new ClientFolder()
  const { address, password } = loginOf('mpop')
  const box = join(folder.path, 'box')
  const config = folder.write(
    'mpoprc',
    `account default
host localhost
port ${server.ports.pop3s}
tls on
tls_starttls off
tls_trust_file ${server.caPath}
user ${address}
password ${password}
delivery mbox ${box}
uidls_file ${join(folder.path, 'uidls')}
received_header off
`,
  )
  const fetched = async (...words: readonly string[]): Promise<readonly string[]> => {
    await run('mpop', ['--file', config, ...words], { environment: { HOME: folder.path } })
    return readFileSync(box, 'latin1').match(/(?<=^Subject: ).*$/gm) ?? []
  }
  assert.deepEqual(await fetched('--keep=on'), subjects)
  assert.match(readFileSync(box, 'latin1'), /^\.Text of the first\.$/m)
  assert.deepEqual(await fetched('--keep=on'), subjects)
  await arrive('mpop', 'late')
  assert.deepEqual(await fetched('--keep=on'), [...subjects, 'late'])
  assert.equal((await inMaildrop('mpop')).length, 4)
  assert.deepEqual(await fetched('--keep=off'), [...subjects, 'late'])
  assert.deepEqual(await inMaildrop('mpop'), [])
  // Where STARTTLS is asked for, and the message after the switch.
  await arrive('mpop', 'over STLS')
  const words = [`--port=${server.ports.pop3}`, '--tls-starttls=on', '--pipelining=on']
  assert.equal((await fetched('--keep=on', ...words)).at(-1), 'over STLS')
})

const poplib = `
import poplib, ssl, sys
port, ca, user, password, utf8 = sys.argv[1:]
pop = poplib.POP3_SSL('localhost', int(port), context=ssl.create_default_context(cafile=ca))
assert 'UTF8' in pop.capa(), pop.capa()
if utf8 == 'utf8': assert pop.utf8().startswith(b'+OK')
pop.user(user)
pop.pass_(password)
number = pop.stat()[0]
_, lines, _ = pop.retr(number)
message = b''.join(line + b'\\r\\n' for line in lines)
top = b''.join(line + b'\\r\\n' for line in pop.top(number, 0)[1])
_, size = pop.list(number).split()[1:]
assert int(size) == len(message), (size, len(message))
assert message.startswith(top)
sys.stdout.buffer.write(message)
sys.stderr.write(pop.uidl(number).decode().split()[2])
pop.quit()
`

test("Python's poplib reads headers in UTF-8 after utf8(), and in ASCII without", async () => {
  const { address, password } = loginOf('poplib')
  const letter = `From: =?utf-8?q?J=C3=BCrgen?= <writer@example.org>\r\nTo: ${address}\r\nSubject: Grüße aus Köln\r\n\r\nSchöne Grüße\r\n`
  await deliver(server, Buffer.from(letter), { to: [address] })
  const read = async (mode: string) => {
    const words = ['-c', poplib, String(server.ports.pop3s), server.caPath, address, password, mode]
    const { stdout, stderr } = await run('/usr/bin/python3', words)
    return { bytes: stdout, uidl: stderr }
  }
  const wide = await read('utf8')
  assert.match(wide.bytes.toString(), /^Subject: Grüße aus Köln\r\n\r\nSchöne Grüße\r\n/m)
  const narrow = await read('no')
  const [header = '', body] = narrow.bytes.toString('latin1').split('\r\n\r\n')
  assert.match(header, /^[\x20-\x7e\r\n\t]*$/)
  assert.match(header, /^Subject: =\?utf-8\?/im)
  assert.equal(body, Buffer.from('Schöne Grüße\r\n').toString('latin1'))
  assert.equal(narrow.uidl, wide.uidl)
  const decode =
    'import email, email.policy, sys; m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default); print(m["subject"], m["from"])'
  const { stdout } = await run('/usr/bin/python3', ['-c', decode], {
    input: narrow.bytes,
    environment: { PYTHONIOENCODING: 'utf-8' },
  })
  assert.equal(stdout.toString().trim(), 'Grüße aus Köln Jürgen <writer@example.org>')
})

for (const client of ['mutt', 'neomutt'] as const) {
  test(`${client} reads the maildrop, saves a letter and deletes one`, { timeout: 120_000 }, async () => {
    using folder = new ClientFolder()
    const { address, password } = loginOf(client)
    const saved = join(folder.path, 'saved')
    const url = `pops://${encodeURIComponent(address)}@localhost:${server.ports.pop3s}/`
    const keys = [
      `<first-entry><copy-message>${saved}<enter>`,
      '<search>~s second<enter><delete-message>',
      '<sync-mailbox>',
      '<quit>',
    ]
    const config = folder.write(
      'muttrc',
      `set spoolfile="${url}"
set folder="${folder.path}"
set pop_pass="${password}"
set pop_authenticators="user"
set certificate_file="${server.caPath}"
set message_cachedir="${folder.path}/cache"
set pop_delete=yes
set quit=yes
set delete=yes
set copy=yes
set resolve=no
set confirmappend=no
set confirmcreate=no
set sort=mailbox-order
push "${keys.join('')}"
`,
    )
    await using terminal = new Terminal(`${client} -n -F ${config}`, { HOME: folder.path })
    await terminal.until('the deletion', async () => !(await inMaildrop(client)).includes('second'))
    await terminal.ended()
    assert.match(readFileSync(saved, 'latin1'), /^Subject: first$[\s\S]*^\.Text of the first\.$/m)
    assert.deepEqual(await inMaildrop(client), ['first', 'third'])
    assert.deepEqual((await readMailbox(server, loginOf(client))).map(subjectOf), ['first', 'third'])
  })
}

test('Thunderbird fetches by POP3, leaves it on the server, and takes away what is deleted', {
  timeout: 180_000,
}, async () => {
  await using thunderbird = await Thunderbird.start(server, loginOf('thunderbird'), { protocol: 'pop3' })
  const fetched = (): Promise<unknown> =>
    thunderbird.run(`
      const done = Promise.withResolvers()
      const listener = { OnStartRunningUrl() {}, OnStopRunningUrl(url, code) { done.resolve(code) } }
      server.QueryInterface(Ci.nsIPop3IncomingServer)
      MailServices.pop3.GetNewMail(view.msgWindow, listener, inbox, server)
      const code = await done.promise
      if (code !== 0) throw new Error('fetching ended with ' + code.toString(16))
      return [...inbox.messages].map(each => each.mime2DecodedSubject).sort()`)
  assert.deepEqual(await fetched(), [...subjects])
  assert.deepEqual(await fetched(), [...subjects])
  await arrive('thunderbird', 'late')
  assert.deepEqual(await fetched(), ['first', 'late', 'second', 'third'])
  assert.equal((await inMaildrop('thunderbird')).length, 4)
  await thunderbird.run(`inbox.deleteMessages([letter(inbox, 'second')], view.msgWindow, true, false, null, false)`)
  assert.deepEqual(await fetched(), ['first', 'late', 'third'])
  assert.deepEqual(await inMaildrop('thunderbird'), ['first', 'third', 'late'])
})
