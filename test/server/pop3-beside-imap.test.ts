// The guard in the whole program: what POP3 removes beside IMAP is hidden, the owner is told, devices are listed, a pin holds, all of it across a restart.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ConfigInput } from '#config/define.ts'
import { LineClient } from '../support/line-client.ts'
import { deliver, imapLogin, type Login } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')

test('POP3 beside IMAP', async () => {
  await using server = await startServer({ accounts: [alice, bob], config })
  for (const to of [alice.address, bob.address])
    for (const subject of ['one', 'two'])
      await deliver(server, Buffer.from(`From: carol@b.test\r\nSubject: ${subject}\r\n\r\ntext\r\n`), { to: [to] })

  // bob has nothing but POP3.
  assert.match(await pop3(server, bob, 'RETR 1\r\nDELE 1\r\nLANG *\r\n'), /^\+OK de das ist Deutsch/m)
  assert.match(await pop3(server, bob, ''), /^\+OK welcome, 1 message /m)
  const [ofBob] = await account(server, 'devices', bob.address)
  assert.deepEqual(countsOf(ofBob), ['pop3', '', '127.0.0.0/24', 1, 1, 0])

  const imap = await imapLogin(server, alice)
  await imap.command('i', 'ID ("name" "Pocket" "os" "Linux")')
  assert.match(await imap.command('s', 'SELECT INBOX'), /^\* 2 EXISTS/m)
  await imap.command('f', 'FETCH 1 (BODY.PEEK[])')
  await pop3(server, alice, 'DELE 1\r\n')
  assert.match(await pop3(server, alice, ''), /^\+OK welcome, 1 message /m)
  assert.match(await imap.command('n', 'STATUS INBOX (MESSAGES)'), /MESSAGES 2/)

  const [shown] = await account(server, 'show', alice.address)
  const reading = shown?.['reading'] as Readonly<Record<string, unknown>> // as --json prints it
  assert.deepEqual([reading['onDelete'], reading['why'], reading['hiddenMessages']], ['hide', 'used', 1])
  const devices = await account(server, 'devices', alice.address)
  assert.deepEqual(devices.map(countsOf).sort(), [
    ['imap', 'Pocket, Linux', '127.0.0.0/24', 1, 0, 0],
    ['pop3', '', '127.0.0.0/24', 0, 0, 1],
  ])

  // What was noted was written, so the owner has been told: in German, as configured.
  imap.write('w IDLE\r\n')
  await imap.until(/^\* 3 EXISTS\r\n/m)
  imap.write('DONE\r\n')
  assert.match(
    await imap.command('m', 'FETCH 3 (BODY.PEEK[])'),
    /Subject: Ihre Mail wird mit POP3 und mit IMAP gelesen[\s\S]*--show-hidden/,
  )

  imap.write('x IDLE\r\n')
  await imap.until(/^\+ /m)
  await account(server, 'pop3', alice.address, '--retrieval', 'pop3')
  await imap.until(/^\* BYE .*read by POP3 alone/m)
  imap.close()
  const refused = await LineClient.open({ host: server.host, port: server.ports.imaps }, true)
  refused.write(`a LOGIN ${alice.address} ${alice.password}\r\n`)
  await refused.until(/^a NO \[NOPERM\] .*\r\n/m)
  refused.close()
  assert.deepEqual(await account(server, 'pop3', alice.address, '--show-hidden'), [
    { address: alice.address, shown: 1 },
  ])
  assert.match(await pop3(server, alice, ''), /^\+OK welcome, 3 messages /m)

  await server.stop()
  const [still] = await account(server, 'pop3', alice.address)
  assert.deepEqual([still?.['retrieval'], still?.['why'], still?.['hiddenMessages']], ['pop3', 'pinned', 0])
  assert.equal((await account(server, 'devices', alice.address)).length, 2)
  const [removed] = await account(server, 'remove', bob.address, '--yes')
  assert.ok(removed)
})

function config(offset: number): ConfigInput {
  return {
    hostname: 'mail.example.test',
    tls: { ownAuthority: [] },
    language: 'de',
    listeners: [
      { protocol: 'mx', host: '127.0.0.1', port: offset + 25 },
      { protocol: 'imap', host: '127.0.0.1', port: offset + 993, tls: 'implicit' },
      { protocol: 'pop3', host: '127.0.0.1', port: offset + 995, tls: 'implicit' },
    ],
  }
}

type Printed = Readonly<Record<string, unknown>>

function countsOf(device: Printed | undefined) {
  return ['protocol', 'client', 'network', 'taken', 'removed', 'hidden'].map(name => device?.[name])
}

/** A session; what it was told. */
async function pop3(server: RunningServer, { address, password }: Login, commands: string): Promise<string> {
  const client = await LineClient.open({ host: server.host, port: server.ports.pop3s }, true)
  client.write(`USER ${address}\r\nPASS ${password}\r\n${commands}QUIT\r\n`)
  const told = await client.until(/^\+OK (?:goodbye|auf Wiedersehen)\r\n$/m)
  client.close()
  return told
}

/** The lines of `posthouse account WORD ADDRESS`, each an object. */
async function account(server: RunningServer, word: string, ...words: readonly string[]): Promise<readonly Printed[]> {
  const { stdout } = await run(process.execPath, [mainFile, 'account', word, ...words, '--json', '--data', server.data])
  const lines = stdout
    .toString()
    .split('\n')
    .filter(line => line !== '')
  return lines.map(line => JSON.parse(line) as Printed) // as --json prints them
}
