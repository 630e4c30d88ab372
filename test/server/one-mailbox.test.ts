// Many sessions change one mailbox at random, while mail arrives and POP3 takes some away: what each session was told must fit together
// at every moment, and be what the mailbox holds in the end.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { LineClient } from '../support/line-client.ts'
import { deliver, imapLogin } from '../support/mail-client.ts'
import { run } from '../support/program.ts'
import { alice, type RunningServer, startServer } from '../support/running-server.ts'

const sessions = 6
const commandsEach = 150
const deliveries = 40
const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const letter = Buffer.from('Subject: one of many\r\n\r\ntext\r\n')

test('the views of many sessions on one mailbox stay consistent', async () => {
  await using server = await startServer({ accounts: [alice] })
  for (let index = 0; index < 20; index += 1) await deliver(server, letter, { to: [alice.address] })
  const readers = await Promise.all(Array.from({ length: sessions }, (_, index) => Reader.open(server, index + 1)))
  await Promise.all([
    ...readers.map(async reader => {
      for (let index = 0; index < commandsEach; index += 1) await reader.doSomething()
    }),
    (async () => {
      for (let index = 0; index < deliveries; index += 1) await deliver(server, letter, { to: [alice.address] })
    })(),
    (async () => {
      for (let index = 0; index < deliveries / 2; index += 1) await takeOne(server)
    })(),
  ])
  const fresh = await Reader.open(server, 0)
  await fresh.command('FETCH 1:* (UID FLAGS)')
  for (const reader of readers) {
    await reader.command('NOOP')
    reader.assertKnowsNothingElse(fresh)
    await reader.command('FETCH 1:* (UID FLAGS)')
    assert.deepEqual(reader.told, fresh.told)
  }
  for (const reader of [fresh, ...readers]) reader.client.close()
  await run(process.execPath, [mainFile, 'check', '--data', server.data])
})

/** Deletes the first message over POP3, unless another POP3 session is not quite gone. */
async function takeOne(server: RunningServer): Promise<void> {
  const client = await LineClient.open({ host: server.host, port: server.ports.pop3s }, true)
  client.write(`USER ${alice.address}\r\nPASS ${alice.password}\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n`)
  await client.until(/^\+OK goodbye\r\n$/m)
  client.close()
}

interface Told {
  uid?: number
  flags?: string
}

/** A session with what its client knows from what it was told. */
class Reader {
  readonly client: LineClient
  told: Told[] = []
  readonly #random: () => number

  static async open(server: RunningServer, seed: number): Promise<Reader> {
    const reader = new Reader(await imapLogin(server, alice), seed)
    await reader.command('SELECT INBOX')
    return reader
  }

  private constructor(client: LineClient, seed: number) {
    const random = seededRandom(seed)
    this.client = client
    this.#random = () => (random.bytes(2)[0] ?? 0) * 256 + (random.bytes(2)[1] ?? 0)
  }

  async doSomething(): Promise<void> {
    const count = this.told.length
    if (count === 0) return await this.command('NOOP')
    const first = 1 + (this.#random() % count)
    const last = Math.min(count, first + (this.#random() % 4))
    const set = `${first}:${last}`
    const silently = `STORE ${set} -FLAGS.SILENT (\\Seen \\Deleted)`
    const choices = [
      `STORE ${set} +FLAGS (\\Deleted)`,
      silently,
      `STORE ${set} FLAGS (\\Flagged Label-${this.#random() % 3})`,
      'EXPUNGE',
      'NOOP',
      `FETCH ${set} (UID FLAGS)`,
      `UID FETCH 1:* (UID FLAGS)`,
      `MOVE ${first} Archive`,
      `COPY ${set} INBOX`,
      'SEARCH UNSEEN',
      'APPEND INBOX {4+}\r\na: b',
    ]
    const choice = choices[this.#random() % choices.length] ?? 'NOOP'
    if (choice === silently) this.#expectRemoved(this.told.slice(first - 1, last))
    await this.command(choice)
  }

  async command(words: string): Promise<void> {
    const holdsExpunges = /^(?:FETCH|STORE|SEARCH)/.test(words)
    for (const line of (await this.client.command('c', words)).split('\r\n')) {
      const [, number, word, rest] = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)(.*)/.exec(line) ?? []
      if (word !== undefined) this.#hear(Number(number), word, rest ?? '', `${words}: ${line}`)
      assert.ok(word !== 'EXPUNGE' || !holdsExpunges, `${words}: ${line}`)
      assert.doesNotMatch(line, /^c BAD|SERVERBUG/, words)
    }
  }

  /** What it knows and another was told differs nowhere. */
  assertKnowsNothingElse(other: Reader): void {
    assert.equal(this.told.length, other.told.length)
    for (const [index, { uid, flags }] of this.told.entries()) {
      const now = other.told[index]
      if (uid !== undefined) assert.equal(uid, now?.uid)
      if (flags !== undefined) assert.equal(flags, now?.flags)
    }
  }

  /** What a client asks for silently it is not told: it must know. */
  #expectRemoved(messages: readonly Told[]): void {
    for (const message of messages) {
      const names = message.flags?.split(' ').filter(name => name !== '\\Seen' && name !== '\\Deleted')
      if (names !== undefined) message.flags = names.join(' ')
    }
  }

  #hear(number: number, word: string, rest: string, where: string): void {
    if (word === 'EXISTS') {
      assert.ok(number >= this.told.length, where)
      while (this.told.length < number) this.told.push({})
      return
    }
    const message = this.told[number - 1]
    assert.ok(message !== undefined, where)
    if (word === 'EXPUNGE') {
      this.told.splice(number - 1, 1)
      return
    }
    const uid = /UID (\d+)/.exec(rest)?.[1]
    if (uid !== undefined) {
      assert.ok(message.uid === undefined || message.uid === Number(uid), where)
      message.uid = Number(uid)
    }
    const flags = /FLAGS \(([^)]*)\)/.exec(rest)?.[1]
    // Each session has its own \Recent.
    if (flags !== undefined) message.flags = flags.replace(/ ?\\Recent/, '').trim()
  }
}
