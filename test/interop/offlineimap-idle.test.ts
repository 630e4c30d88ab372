// offlineimap that stays and idles: a new letter comes down when IDLE tells of it, an hour before it would look by itself.

import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deliver } from '../support/mail-client.ts'
import { ClientFolder } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'
import { Terminal } from '../support/terminal.ts'

let server: RunningServer
before(async () => {
  server = await startServer({ accounts: [alice] })
  for (const subject of ['first', 'second']) await arrive(subject)
})
after(() => server[Symbol.asyncDispose]())

async function arrive(subject: string): Promise<void> {
  const lines = [
    'From: writer@example.org',
    `Subject: ${subject}`,
    `Message-ID: <${subject}@example.org>`,
    '',
    'Text.',
    '',
  ]
  await deliver(server, Buffer.from(lines.join('\r\n')), { to: [alice.address] })
}

test('offlineimap fetches what IDLE tells it of', { timeout: 60_000 }, async () => {
  using folder = new ClientFolder()
  const local = join(folder.path, 'mail')
  mkdirSync(local)
  const config = folder.write(
    'offlineimaprc',
    `[general]
accounts = here
metadata = ${folder.path}/metadata
ui = basic
[Account here]
localrepository = near
remoterepository = far
autorefresh = 60
[Repository near]
type = Maildir
localfolders = ${local}
[Repository far]
type = IMAP
remotehost = localhost
remoteport = ${server.ports.imaps}
remoteuser = ${alice.address}
remotepass = ${alice.password}
ssl = yes
sslcacertfile = ${server.caPath}
maxconnections = 2
holdconnectionopen = yes
keepalive = 60
idlefolders = ['INBOX']
`,
  )
  await using terminal = new Terminal(`offlineimap -c ${config}`, { HOME: folder.path })
  const inbox = join(local, 'INBOX')
  await terminal.until('the letters', () => lettersIn(inbox) === 2)
  // Nothing shows when it has come to idle: what came before that waits for the next notice.
  let sent = 0
  await terminal.until('a new letter', async () => {
    if (sent < 10) await arrive(`late ${++sent}`)
    await new Promise(settle => setTimeout(settle, 1_000))
    return lettersIn(inbox) > 2
  })
})

function lettersIn(maildir: string): number {
  const folders = ['cur', 'new'].map(name => join(maildir, name)).filter(path => existsSync(path))
  return folders.flatMap(path => readdirSync(path)).length
}
