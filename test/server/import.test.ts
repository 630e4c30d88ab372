// An import into a server that is killed in the middle of it: given again, the same command brings the rest, and no message twice.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { imapLogin, readMailbox } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { alice, checkClean, startServer } from '../support/running-server.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const count = 5_000

test('a server killed in the middle of an import has no message twice, and none is missing', {
  timeout: 120_000,
}, async () => {
  using folder = new ClientFolder()
  const maildir = join(folder.path, 'Maildir')
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, name), { recursive: true })
  for (let number = 0; number < count; number += 1)
    writeFileSync(join(maildir, 'cur', `${10_000 + number}.a:2,S`), `Subject: ${number}\n\n`)
  const data = join(folder.path, 'data')
  const words = [mainFile, 'mail', 'import', alice.address, maildir, '--json', '--data', data]
  {
    await using server = await startServer({ data, accounts: [alice] })
    const command = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore'] })
    const ended = once(command, 'exit')
    const imap = await imapLogin(server, alice)
    while (/MESSAGES 0\)/.test(await imap.command('a', 'STATUS INBOX (MESSAGES)'))) assert.equal(command.exitCode, null)
    imap.close()
    await server.kill()
    assert.deepEqual(await ended, [75, null])
  }
  await using server = await startServer({ data, accounts: [alice] })
  const { stdout } = await run(process.execPath, words)
  const { messages, before } = JSON.parse(stdout.toString()) as { readonly messages: number; readonly before: number }
  assert.ok(before > 0 && messages > 0, `${before} before, ${messages} after`)
  const stored = await readMailbox(server, alice)
  assert.deepEqual(
    stored.map(({ bytes }) => bytes.toString()),
    Array.from({ length: count }, (_, number) => `Subject: ${number}\r\n\r\n`),
  )
  await server.stop()
  await checkClean(data)
})
