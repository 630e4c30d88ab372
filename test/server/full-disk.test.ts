// The disk fills up: mail is put off with 452 4.3.1, what was acknowledged stays, and when there is room again the service goes on without a restart.
// The data folder lies on a small file system of its own, in a mount namespace that the test makes.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LineClient } from '../support/line-client.ts'
import { deliver, imapLogin, readMailbox } from '../support/mail-client.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

/** A program under which what follows has `folder` on a file system of `megabytes`. */
function smallDisk(folder: string, megabytes: number): readonly string[] {
  const script = `mount -t tmpfs -o size=${megabytes}m tmpfs "$0" && exec "$@"`
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, folder]
}

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const possible = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0

test('a full disk puts mail off and loses nothing', {
  skip: !possible && 'mount namespaces are not allowed here',
}, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-disk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await using server = await startServer({
    data: join(folder, 'data'),
    accounts: [alice],
    under: smallDisk(folder, 24),
  })

  const accepted: string[] = []
  let refusal = ''
  for (let number = 0; refusal === '' && number < 200; number += 1) {
    const token = `token-${number}`
    try {
      await deliver(server, letter(token, number % 3 === 0 ? 900_000 : 60_000), { to: [alice.address] })
      accepted.push(token)
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error)
    }
  }
  assert.match(refusal, /452 4\.3\.1 /)
  assert.ok(accepted.length >= 5, `only ${accepted.length} messages fitted`)
  await t.test('what was answered 250 is there', async () => assert.deepEqual(await tokens(server), accepted))
  await t.test('APPEND is put off too, and the session lives on', () => appendIsPutOff(server))

  await t.test('after room was made, mail is taken again', async () => {
    // Bytes of expunged messages stay for a while, so room comes from outside: the file system grows.
    const inside = ['--target', String(server.processId), '--mount', '--user']
    execFileSync('nsenter', [...inside, 'mount', '-o', 'remount,size=96m', folder])
    await deliver(server, letter('after', 900_000), { to: [alice.address] })
    assert.deepEqual(await tokens(server), [...accepted, 'after'])
    execFileSync('nsenter', [...inside, process.execPath, mainFile, 'check', '--data', server.data])
  })
  assert.equal(await server.stop(), 0)
})

function letter(token: string, sizeBytes: number): Buffer {
  const line = `${'z'.repeat(76)}\r\n`
  return Buffer.from(`From: <a@sender.example>\r\nSubject: ${token}\r\n\r\n${line.repeat(sizeBytes / line.length)}`)
}

async function tokens(server: RunningServer): Promise<string[]> {
  const stored = await readMailbox(server, alice)
  return stored.map(({ bytes }) => /^Subject: (\S+)/m.exec(bytes.toString('latin1'))?.[1] ?? '')
}

async function appendIsPutOff(server: RunningServer): Promise<void> {
  const client: LineClient = await imapLogin(server, alice)
  const bytes = letter('appended', 3_000_000)
  client.write(`a APPEND INBOX {${bytes.length}+}\r\n`)
  client.write(bytes)
  client.write('\r\n')
  assert.match(await client.lastLine('a '), /^a NO /)
  client.write('n NOOP\r\n')
  assert.match(await client.lastLine('n '), /^n OK/)
  client.close()
}
