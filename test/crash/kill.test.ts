// The server is killed with SIGKILL in the middle of work, again and again over one data folder. What it answered 250 or OK must be there, once, under the same UID for ever.
// POSTHOUSE_CRASH_ROUNDS and POSTHOUSE_CRASH_SEED change the run; the seed stands in every message.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ConfigInput } from '#config/define.ts'
import { run } from '../support/program.ts'
import { alice, bob, checkClean, type RunningServer, startServer } from '../support/running-server.ts'
import { Ledger } from './ledger.ts'
import {
  appendUntilDead,
  chunkUntilDead,
  expungeUntilDead,
  handOverUntilDead,
  holdUntilDead,
  lmtpPort,
  lmtpSocket,
  readInbox,
  sendUntilDead,
  untilReleased,
  type Work,
} from './load.ts'

const rounds = Number(process.env['POSTHOUSE_CRASH_ROUNDS'] ?? 15)
const seed = Number(process.env['POSTHOUSE_CRASH_SEED'] ?? 20_261_123)

/** A small generator (mulberry32), so that a failing run can be had again. */
function seeded(state: number): () => number {
  let next = state
  return () => {
    next = (next + 0x6d2b79f5) | 0
    let mixed = Math.imul(next ^ (next >>> 15), 1 | next)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const host = '127.0.0.1'
const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')

const configOf = (data: string, offset: number): ConfigInput => ({
  hostname: 'mail.example.test',
  tls: { ownAuthority: [host] },
  receive: { greylist: { enabled: false } },
  listeners: [
    { protocol: 'mx', host, port: offset + 25 },
    { protocol: 'submission', host, port: offset + 465, tls: 'implicit' },
    { protocol: 'imap', host, port: offset + 993, tls: 'implicit' },
    { protocol: 'lmtp', host, port: offset + lmtpPort },
    { protocol: 'lmtp', name: 'lmtp-socket', path: lmtpSocket(data) },
  ],
})

async function isHeld(data: string): Promise<boolean> {
  const { stdout } = await run(process.execPath, [mainFile, 'queue', 'list', '--json', '--data', data])
  return stdout.length > 0
}

test(`${rounds} times SIGKILL under load: what was acknowledged is there, once (seed ${seed})`, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-crash-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const random = seeded(seed)
  const ledgers = { alice: new Ledger('alice'), bob: new Ledger('bob') }
  const start = (accounts: (typeof alice | typeof bob)[] = []): Promise<RunningServer> =>
    startServer({ data, accounts, config: offset => configOf(data, offset) })
  for (let round = 1; round <= rounds; round += 1) {
    const server = await start(round === 1 ? [alice, bob] : [])
    try {
      // Killed again at once, amid the messages that fell due meanwhile.
      if (round % 4 === 0) continue
      ledgers.alice.verify(await readInbox(server, alice), `alice, round ${round}`)
      if (round % 5 === 1) ledgers.bob.verify(await readInbox(server, bob), `bob, round ${round}`)
      await loadAndKill(server, ledgers, random)
    } finally {
      await server.kill()
    }
    if (round % 10 === 0) await checkClean(data)
  }
  const server = await start()
  try {
    await untilReleased(server, () => isHeld(data))
    ledgers.alice.verifyReleased(await readInbox(server, alice), 'alice, the end')
    ledgers.bob.verifyReleased(await readInbox(server, bob), 'bob, the end')
    assert.equal(await server.stop(), 0, 'a clean stop after all the crashes')
  } finally {
    await server.kill()
  }
  await checkClean(data)
  const { alice: hers, bob: his } = ledgers
  t.diagnostic(
    `${rounds} crashes; acknowledged ${hers.acknowledged} for alice, ${his.acknowledged} for bob; ` +
      `cut off before their answer ${hers.uncertain}, ${his.uncertain}; held over a crash ${hers.heldOver}; expunged ${hers.removed}`,
  )
  assert.ok(hers.acknowledged > rounds, 'the load did something')
  assert.ok(rounds < 10 || hers.heldOver > 0, 'something was held when the server was killed')
})

async function loadAndKill(server: RunningServer, ledgers: Work['ledgers'], random: () => number): Promise<void> {
  const answered = (): number => ledgers.alice.acknowledged + ledgers.alice.held
  const killAfter = answered() + 3 + Math.floor(random() * 90)
  const delayTurns = Math.floor(random() * 20)
  const { promise: enough, resolve } = Promise.withResolvers<void>()
  const onAcknowledged = (): void => {
    if (answered() >= killAfter) resolve()
  }
  const work: Work = { server, ledgers, onAcknowledged }
  const everything = Promise.all([
    ...Array.from({ length: 2 }, () => sendUntilDead(work)),
    ...Array.from({ length: 2 }, () => chunkUntilDead(work)),
    handOverUntilDead(work, 'TCP'),
    handOverUntilDead(work, 'socket'),
    ...Array.from({ length: 2 }, () => holdUntilDead(work)),
    ...Array.from({ length: 2 }, () => appendUntilDead(work)),
    expungeUntilDead(work),
  ])
  await Promise.race([enough, everything])
  // A few turns of the loop more, so that the kill falls between answers too.
  for (let turn = 0; turn < delayTurns; turn += 1) await new Promise<void>(settle => setImmediate(settle))
  await server.kill()
  await everything
}
