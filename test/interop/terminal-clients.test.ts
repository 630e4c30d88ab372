// mutt, neomutt and alpine with someone at the keys: they list, read, flag, move, search, send, and hear of new mail.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deliver, type Login, readMailbox, type Stored } from '../support/mail-client.ts'
import { ClientFolder } from '../support/program.ts'
import { bob, type RunningServer, startServer } from '../support/running-server.ts'
import { Terminal } from '../support/terminal.ts'

const names = ['mutt', 'neomutt', 'alpine'] as const
type Client = (typeof names)[number]
const loginOf = (client: Client): Login => ({ address: `${client}@example.test`, password: `${client}-secret` })
const subjects = ['first', 'second', 'third'] as const

let server: RunningServer
before(async () => {
  server = await startServer({ accounts: [bob, ...names.map(loginOf)] })
  for (const client of names) for (const subject of subjects) await arrive(client, subject)
})
after(() => server[Symbol.asyncDispose]())

async function arrive(client: Client, subject: string): Promise<void> {
  const { address } = loginOf(client)
  const lines = ['From: writer@example.org', `To: ${address}`, `Subject: ${subject}`, '', `Text of the ${subject}.`, '']
  await deliver(server, Buffer.from(lines.join('\r\n')), { to: [address] })
}

const subjectOf = ({ bytes }: Stored): string => /^Subject: (.*)\r$/m.exec(bytes.toString('latin1'))?.[1] ?? ''

/** Subjects in a mailbox, each with the flags that are not \Recent. */
async function inMailbox(client: Client, mailbox = 'INBOX'): Promise<string> {
  const stored = await readMailbox(server, loginOf(client), mailbox)
  const shown = stored.map(each =>
    [subjectOf(each), ...each.flags.filter(flag => flag !== '\\Recent').sort()].join(' '),
  )
  return shown.join(', ')
}

/** The letter that this client sent to bob. */
async function sentBy(client: Client): Promise<string | undefined> {
  const stored = await readMailbox(server, bob)
  return stored.map(({ bytes }) => bytes.toString('latin1')).find(text => text.includes(`Subject: by ${client}\r\n`))
}

for (const client of ['mutt', 'neomutt'] as const) {
  test(`${client} flags, searches at the server, moves, saves, sends, and is told by IDLE`, {
    timeout: 120_000,
  }, async () => {
    using folder = new ClientFolder()
    const { address, password } = loginOf(client)
    const user = encodeURIComponent(address)
    const [saved, told] = [join(folder.path, 'saved'), join(folder.path, 'told')]
    const editor = folder.write('editor', 'echo "Written in a terminal." >> "$1"\n')
    const keys = [
      '<first-entry><set-flag>!',
      '<tag-pattern>=b "of the second"<enter><tag-prefix><save-message>=Archive<enter><untag-pattern>.<enter>',
      `<last-entry><display-message><exit><copy-message>${saved}<enter>`,
      '<sync-mailbox>',
      `<mail>${bob.address}<enter>by ${client}<enter><send-message>`,
    ]
    // Debian's are linked with GNU SASL, which takes the -PLUS that is offered and then has no channel binding to give:
    // by IMAP they try the next way, by SMTP they give up.
    const config = folder.write(
      'muttrc',
      `set folder="imaps://${user}@localhost:${server.ports.imaps}/"
set spoolfile="+INBOX"
set record="+Sent"
set imap_pass="${password}"
set smtp_url="smtps://${user}@localhost:${server.ports.submissions}/"
set smtp_pass="${password}"
set smtp_authenticators="plain"
set from="${address}"
set certificate_file="${server.caPath}"
set imap_idle=yes
set timeout=1
set mail_check=1
set new_mail_command="touch ${told}"
set editor="sh ${editor}"
set edit_headers=no
set abort_unmodified=no
set quit=yes
set resolve=no
set delete=yes
set copy=yes
set confirmappend=no
set confirmcreate=no
set sort=mailbox-order
unset mark_old
push "${keys.join('').replaceAll('"', '\\"')}"
`,
    )
    await using terminal = new Terminal(`${client} -n -F ${config}`, { HOME: folder.path })
    const letter = await terminal.until('the letter to bob', () => sentBy(client))
    assert.match(letter, /\r\n\r\nWritten in a terminal\.\r\n$/)
    await terminal.until('its copy', async () => (await inMailbox(client, 'Sent')) === `by ${client} \\Seen`)
    assert.equal(await inMailbox(client, 'Archive'), 'second')
    assert.equal(await inMailbox(client), 'first \\Flagged, third \\Seen')
    assert.match(readFileSync(saved, 'latin1'), /^Subject: third$/m)
    assert.ok(!existsSync(told))
    await arrive(client, 'late')
    await terminal.until('the notice', () => existsSync(told))
    terminal.type('q')
    await terminal.ended()
  })
}

test('alpine flags, reads, searches at the server, moves, sends, and sees new mail', { timeout: 120_000 }, async () => {
  using folder = new ClientFolder()
  const { address, password } = loginOf('alpine')
  const far = `{localhost:${server.ports.imaps}/ssl/user=${address}}`
  const features = [
    ...['disable-password-file-saving', 'enable-aggregate-command-set', 'enable-flag-cmd'],
    ...['expunge-without-confirm', 'quit-without-confirm', 'allow-changing-from'],
  ]
  const config = folder.write(
    'pinerc',
    `last-version-used=9.99
personal-name=Alpine
user-domain=example.test
customized-hdrs=From: ${address}
inbox-path=${far}INBOX
folder-collections=far ${far}[]
default-fcc=${far}Sent
smtp-server=localhost:${server.ports.submissions}/ssl/user=${address}
feature-list=${features.join(',')}
`,
  )
  const environment = { HOME: folder.path, SSL_CERT_FILE: server.caPath }
  await using terminal = new Terminal(`alpine -p ${config} -i -nowrite_password_cache`, environment)
  /** Each of `dialogue` is typed once what stands before it was drawn. */
  const say = async (...dialogue: readonly (readonly [drawn: string, keys: string])[]): Promise<void> => {
    for (const [drawn, keys] of dialogue) {
      await terminal.draws(drawn)
      terminal.type(keys)
    }
  }
  await say(['ENTER PASSWORD', `${password}\r`], ['opened with 3 messages', '*'], ['[Important]', '\r'])
  await terminal.until('the flag', async () => (await inMailbox('alpine')).startsWith('first \\Flagged,'))
  terminal.type(';')
  await say(
    ['SELECT criteria', 't'],
    ['Select based on', 'a'],
    ['to match', 'of the second\r'],
    ['matched 1 message', 'a'],
  )
  await say(['APPLY command', 's'], ['SAVE', '\x15Archive\r'])
  await terminal.until('the letter there', async () => (await inMailbox('alpine', 'Archive')).startsWith('second'))
  terminal.type('x')
  await terminal.until('the letter away', async () => (await inMailbox('alpine')) === 'first \\Flagged, third')
  terminal.type('\r')
  await terminal.until('the mark', async () => (await inMailbox('alpine')) === 'first \\Flagged, third \\Seen')
  terminal.type('c')
  await say(['COMPOSE MESSAGE', `${bob.address}\r\r\rby alpine\rWritten in a terminal.\r\x18`], ['Send message?', 'y'])
  await say(['ENTER PASSWORD', `${password}\r`])
  const letter = await terminal.until('the letter to bob', () => sentBy('alpine'))
  assert.match(letter, /\r\n\r\nWritten in a terminal\.\r\n/)
  await terminal.until('its copy', async () => (await inMailbox('alpine', 'Sent')).startsWith('by alpine'))
  await arrive('alpine', 'late')
  // It has no IDLE: it asks when it is told to draw its screen anew.
  terminal.type('\x0c')
  await terminal.draws('late')
  terminal.type('q')
  await terminal.ended()
})
