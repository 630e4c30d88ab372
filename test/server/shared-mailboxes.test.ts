// Shared mailboxes on a whole server: the operator gives and takes rights while two accounts are logged in, one of them goes in the end.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { deliver, imapLogin, readMailbox } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { alice, bob, startServer } from '../support/running-server.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const shared = `Other Users/${alice.address}/INBOX`

test('what the operator opens is there at once, and gone at once', async () => {
  await using server = await startServer({ accounts: [alice, bob] })
  const posthouse = (...words: string[]) => run(process.execPath, [mainFile, ...words, '--data', server.data])
  await deliver(server, Buffer.from('Subject: shared\r\n\r\ntext\r\n'), { to: [alice.address] })
  const reader = await imapLogin(server, bob)
  assert.match(await reader.command('a', `SELECT "${shared}"`), /^a NO \[NONEXISTENT\]/m)

  await posthouse('acl', 'set', alice.address, 'INBOX', bob.address, 'read')
  assert.match(await reader.command('b', 'LIST "" "Other Users/*"'), /"Other Users\/alice@example\.test\/INBOX"/)
  assert.match(await reader.command('c', `SELECT "${shared}"`), /^\* 1 EXISTS\r\n/m)
  assert.match(await reader.command('d', 'FETCH 1 BODY[TEXT]'), /\r\ntext\r\n/)
  const [seenByOwner] = await readMailbox(server, alice)
  assert.deepEqual(seenByOwner?.flags.includes('\\Seen'), false)

  await posthouse('acl', 'remove', alice.address, 'INBOX', bob.address)
  assert.match(await reader.command('e', 'FETCH 1 BODY[TEXT]'), /^e NO \[NOPERM\]/m)
  assert.match(await reader.command('f', 'NOOP'), /^\* 1 EXPUNGE\r\n/m)
  reader.close()

  await posthouse('acl', 'set', alice.address, 'INBOX', bob.address, 'all')
  await posthouse('account', 'remove', bob.address, '--yes')
  await posthouse('check')
})
