// imapflow, Python's imaplib and curl do what a mail program does: list, flag, search, move, keep a letter, and hear of a new one.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { ImapFlow } from 'imapflow'
import { deliver, type Login, readMailbox, type Stored } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const names = ['imapflow', 'imaplib', 'curl'] as const
type Client = (typeof names)[number]
const loginOf = (client: Client): Login => ({ address: `${client}@example.test`, password: `${client}-secret` })
const subjects = ['first', 'second', 'third'] as const
const folders = ['Archive', 'Drafts', 'Junk', 'Sent', 'Trash']

let server: RunningServer
before(async () => {
  server = await startServer({ accounts: names.map(loginOf) })
  for (const client of names) for (const subject of subjects) await arrive(client, subject)
})
after(() => server[Symbol.asyncDispose]())

async function arrive(client: Client, subject: string): Promise<void> {
  const { address } = loginOf(client)
  const lines = ['From: writer@example.org', `To: ${address}`, `Subject: ${subject}`, '', `Text of the ${subject}.`, '']
  await deliver(server, Buffer.from(lines.join('\r\n')), { to: [address] })
}

const subjectOf = ({ bytes }: Stored): string => /^Subject: (.*)\r$/m.exec(bytes.toString())?.[1] ?? ''

async function inMailbox(client: Client, mailbox = 'INBOX'): Promise<readonly string[]> {
  const stored = await readMailbox(server, loginOf(client), mailbox)
  return stored.map(each => [subjectOf(each), ...each.flags.filter(flag => flag !== '\\Recent').sort()].join(' '))
}

test('imapflow lists, flags, searches, moves, appends, and is told by IDLE', { timeout: 60_000 }, async () => {
  const { address: user, password: pass } = loginOf('imapflow')
  const client = new ImapFlow({
    host: 'localhost',
    port: server.ports.imaps,
    secure: true,
    auth: { user, pass },
    tls: { ca: readFileSync(server.caPath) },
    qresync: true,
    logger: false,
  })
  await client.connect()
  try {
    const uses = (await client.list()).flatMap(({ path, specialUse }) => (specialUse === undefined ? [] : [path]))
    assert.deepEqual(uses.sort(), ['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash'])
    await client.mailboxCreate('Größe')
    await client.mailboxOpen('INBOX')
    await client.messageFlagsAdd('1', ['\\Flagged'])
    assert.deepEqual(await client.search({ body: 'of the SECOND' }, { uid: true }), [2])
    const moved = await client.messageMove('2', 'Größe', { uid: true })
    assert.deepEqual(moved === false ? undefined : moved.uidMap, new Map([[2, 1]]))
    await client.append('Sent', 'Subject: sent\r\n\r\nby imapflow\r\n', ['\\Seen'])
    assert.deepEqual(await client.status('Größe', { messages: true, unseen: true }), {
      path: 'Größe',
      messages: 1,
      unseen: 1,
    })
    const told = once(client, 'exists')
    void client.idle()
    await arrive('imapflow', 'late')
    const [{ count, prevCount }] = await told
    assert.deepEqual([count, prevCount], [3, 2])
    await client.messageDelete('2')
  } finally {
    await client.logout()
  }
  assert.deepEqual(await inMailbox('imapflow'), ['first \\Flagged', 'late'])
  assert.deepEqual(await inMailbox('imapflow', 'Gr&APYA3w-e'), ['second'])
  assert.deepEqual(await inMailbox('imapflow', 'Sent'), ['sent \\Seen'])
})

/**
 * Says `idling` once it idles, and ends when it was told of a message. This imaplib has no IDLE of its own,
 * and looks for ENABLE among what it was offered before the login unless it is told to ask again.
 */
const pythonScript = `
import imaplib, ssl, sys
port, ca, user, password = sys.argv[1:]
imap = imaplib.IMAP4_SSL('localhost', int(port), ssl_context=ssl.create_default_context(cafile=ca))
def done(answer):
    assert answer[0] == 'OK', answer
    return answer[1]
done(imap.login(user, password))
imap._get_capabilities()
# Once it has enabled UTF8=ACCEPT, it puts the brackets of its literal into the message.
done(imap.append('Sent', '\\\\Seen', None, b'Subject: sent\\r\\n\\r\\nby imaplib\\r\\n'))
done(imap.enable('UTF8=ACCEPT'))
assert imap.utf8_enabled
done(imap.create('"Größe"'))
assert any('"Größe"'.encode() in line for line in done(imap.list())), imap.list()
assert done(imap.select('INBOX')) == [b'3']
done(imap.store('1', '+FLAGS', '(\\\\Flagged)'))
assert done(imap.search(None, 'BODY', '"of the SECOND"')) == [b'2']
done(imap.uid('MOVE', '2', '"Größe"'))
assert done(imap.status('"Größe"', '(MESSAGES UNSEEN)')) == ['"Größe" (MESSAGES 1 UNSEEN 1)'.encode()]
done(imap.subscribe('"Größe"'))
tag = imap._new_tag()
imap.send(tag + b' IDLE\\r\\n')
assert imap.readline().startswith(b'+ ')
print('idling', flush=True)
while not imap.readline().startswith(b'* 3 EXISTS'):
    pass
imap.send(b'DONE\\r\\n')
while not imap.readline().startswith(tag + b' OK'):
    pass
done(imap.expunge())
done(imap.close())
imap.logout()
`

test('imaplib enables UTF8=ACCEPT, lists, flags, searches, moves, appends, and is told by IDLE', async () => {
  const { address, password } = loginOf('imaplib')
  const words = ['-c', pythonScript, String(server.ports.imaps), server.caPath, address, password]
  const ended = run('/usr/bin/python3', words, { limitMs: 30_000 })
  // It fails by itself when it never comes to idle.
  while ((await Promise.race([ended.then(() => 'ended'), isMoved()])) === 'not yet');
  await arrive('imaplib', 'late')
  assert.match(String((await ended).stdout), /^idling$/m)
  assert.deepEqual(await inMailbox('imaplib'), ['first \\Flagged', 'third', 'late'])
  assert.deepEqual(await inMailbox('imaplib', 'Gr&APYA3w-e'), ['second'])
  assert.deepEqual(await inMailbox('imaplib', 'Sent'), ['sent \\Seen'])
})

/** Nearly the last thing that it does before it idles. */
async function isMoved(): Promise<'yes' | 'not yet'> {
  await new Promise(settle => setTimeout(settle, 50))
  return (await inMailbox('imaplib')).length < subjects.length ? 'yes' : 'not yet'
}

test('curl lists, flags, searches, moves and uploads', async () => {
  const { address, password } = loginOf('curl')
  const curl = async (path: string, ...words: string[]): Promise<string> => {
    const place = ['--cacert', server.caPath, '--user', `${address}:${password}`]
    const url = `imaps://localhost:${server.ports.imaps}/${path}`
    return String((await run('curl', ['--silent', '--show-error', ...place, ...words, url])).stdout)
  }
  const listed = await curl('')
  for (const folder of ['INBOX', ...folders]) assert.match(listed, new RegExp(`^\\* LIST .* "?${folder}"?\\r$`, 'm'))
  assert.match(await curl('INBOX?BODY%20%22of%20the%20SECOND%22'), /^\* SEARCH 2\r$/m)
  assert.match(await curl('INBOX', '--request', 'STORE 1 +FLAGS (\\Flagged)'), /^\* 1 FETCH /m)
  assert.match(await curl('INBOX', '--request', 'UID MOVE 2 Archive'), /^\* 2 EXPUNGE\r$/m)
  assert.match(await curl('INBOX;MAILINDEX=2;SECTION=TEXT'), /^Text of the third\.\r\n$/)
  using folder = new ClientFolder()
  const letter = 'Subject: sent\r\n\r\nby curl\r\n'
  await curl('Sent', '--upload-file', folder.write('letter', letter))
  assert.deepEqual(await inMailbox('curl'), ['first \\Flagged', 'third \\Seen'])
  assert.deepEqual(await inMailbox('curl', 'Archive'), ['second'])
  const [uploaded] = await readMailbox(server, loginOf('curl'), 'Sent')
  assert.equal(uploaded?.bytes.toString(), letter)
})
