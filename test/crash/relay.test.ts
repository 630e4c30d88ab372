// The server is killed with SIGKILL while it takes mail and sends it on, again and again. What it answered 250 reaches the next hop, to every
// recipient; twice only what the next hop had taken in the moment of the end.
// POSTHOUSE_CRASH_ROUNDS and POSTHOUSE_CRASH_SEED change the run; the seed stands in every message.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { ConfigInput } from '#config/define.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { BadPeer } from '../support/bad-peer.ts'
import type { Act, Asked } from '../support/bad-peer-script.ts'
import { LineClient } from '../support/line-client.ts'
import { type ListeningPeer, listenAsPeer } from '../support/listen-as-peer.ts'
import { run } from '../support/program.ts'
import { alice, checkClean, type RunningServer, startServer } from '../support/running-server.ts'
import { RelayLedger } from './relay-ledger.ts'

const rounds = Math.ceil(Number(process.env['POSTHOUSE_CRASH_ROUNDS'] ?? 12) / 4)
const seed = Number(process.env['POSTHOUSE_CRASH_SEED'] ?? 20_261_123)
const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')
const host = '127.0.0.1'
const recipients = ['one@far.example', 'two@far.example', 'three@farther.example']

const configOf = (offset: number, next: ListeningPeer): ConfigInput => ({
  hostname: 'mail.example.test',
  tls: { ownAuthority: [host] },
  limits: { freeBytes: 0 },
  listeners: [{ protocol: 'submission', host, port: offset + 465, tls: 'implicit' }],
  senders: { limits: { enabled: false }, guard: { enabled: false } },
  send: {
    route: 'next',
    routes: { next: { kind: 'smarthost', hosts: [{ host: next.host, port: next.port }], tls: 'opportunistic' } },
    schedule: { retryMs: ['1 s'] },
  },
})

/** Mostly it takes all; now and then it has no time for a recipient or a message, or is gone when it should answer. */
function unreliable(random: () => number): (asked: Asked) => Act | undefined {
  return ({ step }) => {
    const draw = random()
    if (step === 'RCPT' && draw < 0.05) return { say: '451 4.3.0 later' }
    if (step !== 'message') return undefined
    if (draw < 0.05) return { say: '451 4.3.0 later' }
    if (draw < 0.1) return { end: 'reset' }
    if (draw < 0.13) return { end: 'reset', takes: true }
    return undefined
  }
}

test(`${rounds} times SIGKILL amid relaying: all of it arrives, twice only what was on its way (seed ${seed})`, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-relay-crash-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const bytes = seededRandom(seed)
  const random = () => Buffer.from(bytes.bytes(4)).readUInt32BE() / 2 ** 32
  const peer = new BadPeer({ name: 'next.example', act: unreliable(random) })
  await using next = await listenAsPeer(peer)
  const ledger = new RelayLedger(peer, recipients)
  for (let round = 1; round <= rounds; round += 1) {
    const server = await start(data, next, round === 1)
    const wanted = peer.taken.length + 10 + Math.floor(random() * 100)
    const senders = Promise.all(Array.from({ length: 4 }, () => sendUntilDead(server, ledger)))
    // The load runs on: what is looked at is only when to end it.
    while (peer.taken.length < wanted) await setTimeout(1)
    await server.kill()
    ledger.killed()
    await senders
  }
  const server = await start(data, next, false)
  try {
    while (await isQueued(data)) await setTimeout(200)
    assert.equal(await server.stop(), 0, 'a clean stop after all the crashes')
  } finally {
    await server.kill()
  }
  await checkClean(data)
  const doubles = ledger.verify()
  assert.deepEqual(peer.mistakes, [])
  t.diagnostic(`${rounds} crashes; acknowledged ${ledger.acknowledged}, relayed ${peer.taken.length}, twice ${doubles}`)
  assert.ok(ledger.acknowledged > rounds * 10, 'the load did something')
})

function start(data: string, next: ListeningPeer, isFirst: boolean): Promise<RunningServer> {
  return startServer({ data, accounts: isFirst ? [alice] : [], config: offset => configOf(offset, next) })
}

async function isQueued(data: string): Promise<boolean> {
  const { stdout } = await run(process.execPath, [mainFile, 'queue', 'list', '--json', '--data', data])
  return stdout.length > 0
}

async function sendUntilDead(server: RunningServer, ledger: RelayLedger): Promise<void> {
  try {
    const client = await LineClient.open({ host, port: server.ports.submissions }, true)
    await client.replies(1)
    client.write(`EHLO crash.example\r\nAUTH PLAIN ${btoa(`\0${alice.address}\0${alice.password}`)}\r\n`)
    await client.replies(2)
    for (;;) {
      const to = recipients.map(recipient => `RCPT TO:<${recipient}>\r\n`).join('')
      client.write(`MAIL FROM:<${alice.address}>\r\n${to}DATA\r\n`)
      await client.replies(2 + recipients.length)
      const token = ledger.begin()
      const body = `${'x'.repeat(70)}\r\n`.repeat(token.endsWith('7') ? 3_000 : 20)
      client.write(`From: <${alice.address}>\r\nTo: <${recipients[0]}>\r\nSubject: ${token}\r\n\r\n${body}.\r\n`)
      await client.replies(1)
      ledger.acknowledge(token)
    }
  } catch (error) {
    const isEnd = error instanceof Error && /closed|ECONN|EPIPE|socket/.test(`${error.message} ${Object(error).code}`)
    if (!isEnd) throw error
  }
}
