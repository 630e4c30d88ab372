// mbsync and offlineimap keep a mailbox and a folder of files alike, both ways; mutt reads and flags: messages, flags and folders survive.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { corpus } from '../support/corpus.ts'
import { deliver, imapLogin, type Login, readMailbox } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const accounts = ['mbsync', 'offlineimap', 'mutt'].map(name => ({
  address: `${name}@example.test`,
  password: `${name}-secret`,
}))
const [mbsyncUser, offlineimapUser, muttUser] = accounts as [Login, Login, Login] // three names, three logins
/** mbsync passes over a message whose header no blank line ends. */
const letters = corpus().filter(({ name }) => name !== 'no-header' && name !== 'header-only')

let server: RunningServer
before(async () => {
  server = await startServer({ accounts })
  for (const { bytes } of letters) await deliver(server, bytes, { to: accounts.map(({ address }) => address) })
})
after(() => server[Symbol.asyncDispose]())

/** Files of a Maildir: name and text. */
function maildir(path: string): { name: string; path: string; text: string }[] {
  return ['cur', 'new'].flatMap(part =>
    readdirSync(join(path, part)).map(name => ({
      name,
      path: join(path, part, name),
      text: readFileSync(join(path, part, name), 'latin1'),
    })),
  )
}

async function command(login: Login, ...commands: string[]): Promise<void> {
  const client = await imapLogin(server, login)
  for (const [index, text] of commands.entries()) {
    client.write(`c${index} ${text}\r\n`)
    const answer = await client.lastLine(`c${index} `)
    assert.match(answer, /^c\d+ OK/, text)
  }
  client.close()
}

const subjectOf = (text: string): string => /^Subject: (.*)$/m.exec(text)?.[1]?.trim() ?? ''

test('mbsync: everything down, a new letter and a flag up, a deletion both ways, folders kept', async () => {
  using folder = new ClientFolder()
  const local = join(folder.path, 'mail')
  mkdirSync(local)
  const config = folder.write(
    'mbsyncrc',
    `IMAPAccount here
Host localhost
Port ${server.ports.imaps}
User ${mbsyncUser.address}
Pass ${mbsyncUser.password}
SSLType IMAPS
CertificateFile ${server.caPath}

IMAPStore far
Account here

MaildirStore near
Path ${local}/
Inbox ${local}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
Sync All
SyncState *
`,
  )
  const synchronize = () => run('mbsync', ['--config', config, '--all'])
  await command(
    mbsyncUser,
    'CREATE "Work/Älter"'.replace('Ä', '&AMQ-'),
    'SELECT INBOX',
    'STORE 1 +FLAGS (\\Flagged)',
    'COPY 2 "Work/&AMQ-lter"',
  )
  await synchronize()
  const inbox = maildir(join(local, 'INBOX'))
  assert.equal(inbox.length, letters.length)
  assert.deepEqual(
    new Set(inbox.map(({ text }) => subjectOf(text))),
    new Set(letters.map(({ bytes }) => subjectOf(bytes.toString('latin1')))),
  )
  assert.equal(maildir(join(local, 'Work/&AMQ-lter')).length, 1)
  assert.equal(inbox.filter(({ name }) => /:2,.*F/.test(name)).length, 1)

  // Up: a new message, \Seen on another, a third thrown away.
  const fresh =
    'From: here@example.test\nSubject: written here\nMessage-ID: <here@example.test>\n\nBorn in a Maildir.\n'
  writeFileSync(join(local, 'INBOX/cur/1.fresh:2,S'), fresh)
  const [seen, gone] = inbox.filter(({ name }) => !/:2,.*F/.test(name)) as [(typeof inbox)[0], (typeof inbox)[0]] // the corpus holds more than two
  renameSync(seen.path, join(local, 'INBOX/cur', `${seen.name.replace(/:2,.*/, '')}:2,S`))
  rmSync(gone.path)
  await synchronize()
  const far = await readMailbox(server, mbsyncUser)
  assert.equal(far.length, letters.length)
  const arrived = far.find(({ bytes }) => bytes.includes('Born in a Maildir.'))
  assert.ok(arrived?.bytes.toString('latin1').endsWith(fresh.slice(fresh.indexOf('\n\n')).replaceAll('\n', '\r\n')))
  assert.ok(arrived?.flags.includes('\\Seen'))
  assert.ok(!far.some(({ bytes }) => subjectOf(bytes.toString('latin1')) === subjectOf(gone.text)))
  assert.equal(far.filter(({ flags }) => flags.includes('\\Seen')).length, 2)

  // Down: a deletion there disappears here; a third run has nothing to do.
  await command(mbsyncUser, 'SELECT INBOX', `UID STORE ${arrived?.uid} +FLAGS (\\Deleted)`, 'EXPUNGE')
  await synchronize()
  assert.ok(!maildir(join(local, 'INBOX')).some(({ text }) => text.includes('Born in a Maildir.')))
  const names = (): string =>
    maildir(join(local, 'INBOX'))
      .map(({ name }) => name)
      .sort()
      .join('\n')
  const unchanged = names()
  await synchronize()
  assert.equal(names(), unchanged)
})

test('offlineimap: everything down, a flag up, folders kept, a second run changes nothing', async () => {
  using folder = new ClientFolder()
  const local = join(folder.path, 'mail')
  mkdirSync(local)
  const config = folder.write(
    'offlineimaprc',
    `[general]
accounts = here
metadata = ${folder.path}/metadata
ui = quiet
[Account here]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = ${local}
[Repository far]
type = IMAP
remotehost = localhost
remoteport = ${server.ports.imaps}
remoteuser = ${offlineimapUser.address}
remotepass = ${offlineimapUser.password}
ssl = yes
sslcacertfile = ${server.caPath}
`,
  )
  const synchronize = () => run('offlineimap', ['-c', config, '-o'], { environment: { HOME: folder.path } })
  await command(offlineimapUser, 'CREATE Projects', 'SELECT INBOX', 'STORE 1 +FLAGS (\\Answered)')
  await synchronize()
  const inbox = maildir(join(local, 'INBOX'))
  assert.equal(inbox.length, letters.length)
  assert.equal(inbox.filter(({ name }) => /:2,.*R/.test(name)).length, 1)
  assert.deepEqual(maildir(join(local, 'Projects')), [])
  const unseen = inbox.find(({ name }) => !/:2,.*R/.test(name))
  assert.ok(unseen)
  renameSync(unseen.path, join(local, 'INBOX/cur', `${unseen.name.replace(/:2,.*/, '')}:2,FS`))
  await synchronize()
  const far = await readMailbox(server, offlineimapUser)
  assert.deepEqual(
    far.filter(({ flags }) => flags.includes('\\Flagged')).map(({ flags }) => [...flags].sort()),
    [['\\Flagged', '\\Seen']],
  )
  assert.equal(far.length, letters.length)
  const names = (): string =>
    maildir(join(local, 'INBOX'))
      .map(({ name }) => name)
      .sort()
      .join('\n')
  const unchanged = names()
  await synchronize()
  assert.equal(names(), unchanged)
})

test('mutt opens the mailbox, flags a message, copies one to a folder and saves one to a file', async () => {
  using folder = new ClientFolder()
  const config = folder.write(
    'muttrc',
    `set folder="imaps://${encodeURIComponent(muttUser.address)}@localhost:${server.ports.imaps}/"
set spoolfile="+INBOX"
set imap_user="${muttUser.address}"
set imap_pass="${muttUser.password}"
set certificate_file="${server.caPath}"
set ssl_usesystemcerts=no
set ssl_starttls=yes
set quit=yes
set resolve=no
set delete=yes
set confirmappend=no
set confirmcreate=no
set copy=no
set sort=mailbox-order
unset mark_old
push "<first-entry><set-flag>!<copy-message>=Archive<enter><copy-message>${folder.path}/saved<enter><next-entry><delete-message><quit>"
`,
  )
  const before = await readMailbox(server, muttUser)
  // script(1) lends it a terminal.
  const words = ['--quiet', '--return', '--command', `mutt -n -F ${config}`, '/dev/null']
  await run('script', words, { environment: { HOME: folder.path, TERM: 'xterm' }, limitMs: 30_000 })
  const later = await readMailbox(server, muttUser)
  assert.equal(later.length, before.length - 1)
  assert.ok(later[0]?.flags.includes('\\Flagged'))
  const archived = await readMailbox(server, muttUser, 'Archive')
  assert.ok(archived[0]?.bytes.equals(before[0]?.bytes ?? Buffer.alloc(0)))
  const saved = readFileSync(join(folder.path, 'saved'), 'latin1')
  assert.ok(saved.includes(`Subject: ${subjectOf(before[0]?.bytes.toString('latin1') ?? '')}`))
})
