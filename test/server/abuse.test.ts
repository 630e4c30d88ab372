// Hostile and clumsy clients against a whole server: what they ask for must cost them, not the others.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { LineClient } from '../support/line-client.ts'
import { imapLogin } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'

const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const stranger = '127.0.0.66'

describe('abuse', () => {
  let server: RunningServer
  before(async () => {
    server = await startServer()
  })
  after(async () => await server[Symbol.asyncDispose]())

  test('clients that ask for everything and read nothing leave the memory bounded', async () => {
    const filling = await imapLogin(server, alice)
    const line = `${'0123456789'.repeat(7)}\r\n`
    const large = `Subject: large\r\n\r\n${line.repeat(100_000)}`
    const wide = `${`X-Wide: ${'x'.repeat(90)}\r\n`.repeat(9_000)}\r\ntext\r\n`
    for (const message of [large, wide]) {
      filling.write(`a APPEND INBOX {${message.length}+}\r\n${message}\r\n`)
      await filling.until(/^a OK [^\n]*\n$/m)
    }
    await filling.command('s', 'SELECT INBOX')
    const picks = Array.from({ length: 200 }, (_, index) => `BODY.PEEK[HEADER.FIELDS.NOT (A${index})]`).join(' ')
    assert.match(await filling.command('p', `FETCH 2 (${picks})`), /^p NO \[LIMIT\]/m)
    const residentBefore = residentBytes(server)
    const deaf: LineClient[] = []
    for (let index = 0; index < 20; index += 1) {
      const client = await imapLogin(server, alice)
      await client.command('s', 'SELECT INBOX')
      client.stopReading()
      client.write('f FETCH 1:* (BODY.PEEK[] BODY.PEEK[TEXT])\r\n'.repeat(100))
      deaf.push(client)
    }
    // The server is busy with the deaf ones before it comes to these.
    for (let index = 0; index < 20; index += 1) await filling.command('n', 'FETCH 1:2 (ENVELOPE BODYSTRUCTURE)')
    const grownMegabytes = (residentBytes(server) - residentBefore) / 1e6
    assert.ok(grownMegabytes < 200, `grown by ${grownMegabytes} MB for 28 GB asked`)
    for (const client of [...deaf, filling]) client.close()
  })

  test('long work for one session lets the others have their turns', async () => {
    const busy = await imapLogin(server, alice)
    const other = await imapLogin(server, alice)
    const name = 'a'.repeat(900)
    for (let index = 0; index < 200; index += 1) busy.write(`c CREATE ${name}${index}\r\n`)
    const small = `Subject: small\r\n\r\n${'some words of a text\r\n'.repeat(1_000)}`
    for (let index = 0; index < 100; index += 1) busy.write(`c APPEND Archive {${small.length}+}\r\n${small}\r\n`)
    await busy.command('d', 'SELECT INBOX')
    for (let messages = 2; messages < 10_000; messages *= 2) await busy.command('c', 'COPY 1:* INBOX')
    const works = [
      ['INBOX', `LIST "" "${'*a'.repeat(400)}b"`],
      ['INBOX', `SEARCH ${'UNFLAGGED '.repeat(1_900)}FLAGGED`],
      ['Archive', `SEARCH ${'NOT BODY zzz '.repeat(980)}UNSEEN`],
    ] as const
    for (const [mailbox, work] of works) {
      await busy.command('s', `SELECT ${mailbox}`)
      let isDone = false
      const done = busy.command('w', work).then(answer => {
        isDone = true
        return answer
      })
      let turns = 0
      while (!isDone) {
        await other.command('n', 'NOOP')
        turns += 1
      }
      assert.match(await done, /w OK/)
      assert.ok(turns >= 3, `only ${turns} turns beside ${work.slice(0, 20)}`)
    }
    for (const client of [busy, other]) client.close()
  })

  test('a network that guesses passwords is banned, with a clear word, on every protocol; a trusted one never', async () => {
    const guesses = (from: string) =>
      Array.from({ length: 24 }, async (_, index) => await loginAnswer(server, from, `guess-${index}`))
    const refused = guesses(stranger).map(async guess => assert.match(await guess, /^a NO \[UNAVAILABLE\]/m))
    await Promise.any(refused)
    for (const late of refused) late.catch(() => {}) // answered long after: the delays have grown
    const text = /Too many failed logins.* try again in \d+ seconds/i
    assert.match(await loginAnswer(server, stranger, alice.password), text)
    const pop3 = await LineClient.open({ host: server.host, port: server.ports.pop3s, localAddress: stranger }, true)
    pop3.write(`USER ${alice.address}\r\nPASS ${alice.password}\r\n`)
    assert.match(await pop3.until(/^-ERR [^\n]*\n$/m), /^-ERR too many logins failed/m)
    pop3.close()

    for (const answer of await Promise.all(guesses(server.host)))
      assert.match(answer, /^a NO \[AUTHENTICATIONFAILED\]/m)
    assert.match(await loginAnswer(server, server.host, alice.password), /^a OK/m)
  })

  test('an account that is disabled or removed loses its open sessions, and only it', async () => {
    const others = await imapLogin(server, alice)
    for (const verb of ['disable', 'enable', 'remove']) {
      const sessions = verb === 'enable' ? [] : await bobsSessions(server)
      await run(process.execPath, [mainFile, 'account', verb, bob.address, '--data', server.data])
      for (const { client, farewell } of sessions) {
        assert.match(await client.until(farewell), farewell)
        await assert.rejects(client.chunk())
      }
    }
    assert.match(await others.command('n', 'NOOP'), /^n OK/m)
    others.close()
  })

  test('it stops in time, whatever its clients do', async () => {
    const clients = await Promise.all([
      imapLogin(server, alice),
      LineClient.open({ host: server.host, port: server.ports.imaps }, false), // no handshake
      LineClient.open({ host: server.host, port: server.ports.smtp }, false),
    ])
    const [deaf] = clients
    await deaf.command('s', 'SELECT INBOX')
    deaf.stopReading()
    deaf.write('f FETCH 1:* BODY.PEEK[]\r\n'.repeat(100))
    assert.equal(await server.stop(), 0)
    for (const client of clients) client.close()
    const checked = await run(process.execPath, [mainFile, 'check', '--data', server.data])
    assert.equal(checked.stdout.toString(), '')
  })
})

async function loginAnswer(server: RunningServer, localAddress: string, password: string): Promise<string> {
  const client = await LineClient.open({ host: server.host, port: server.ports.imaps, localAddress }, true)
  try {
    return await client.command('a', `LOGIN ${alice.address} ${password}`)
  } finally {
    client.close()
  }
}

/** One at rest, one in IDLE, one over POP3, and how each must end. */
async function bobsSessions(server: RunningServer) {
  const resting = await imapLogin(server, bob)
  await resting.command('s', 'SELECT INBOX')
  const idling = await imapLogin(server, bob)
  idling.write('i IDLE\r\n')
  await idling.until(/^\+ [^\n]*\n$/m)
  const pop3 = await LineClient.open({ host: server.host, port: server.ports.pop3s }, true)
  pop3.write(`USER ${bob.address}\r\nPASS ${bob.password}\r\n`)
  await pop3.until(/^\+OK welcome[^\n]*\n$/m)
  const bye = /^\* BYE This account was disabled or removed\r\n$/m
  return [
    { client: resting, farewell: bye },
    { client: idling, farewell: bye },
    { client: pop3, farewell: /^-ERR \[SYS\/PERM\] this account was disabled or removed[^\n]*\n$/m },
  ]
}

function residentBytes(server: RunningServer): number {
  const status = readFileSync(`/proc/${server.processId}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}
