// The server is killed with SIGKILL in the middle of work, again and again over one data folder. What it answered 250 or OK must be there, once, under the same UID for ever.
// POSTHOUSE_CRASH_ROUNDS and POSTHOUSE_CRASH_SEED change the run; the seed stands in every message.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { alice, checkClean, type RunningServer, startServer } from '../support/running-server.ts'
import { Ledger } from './ledger.ts'
import { appendUntilDead, expungeUntilDead, readInbox, sendUntilDead } from './load.ts'

const rounds = Number(process.env['POSTHOUSE_CRASH_ROUNDS'] ?? 50)
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

test(`${rounds} times SIGKILL under load: what was acknowledged is there, once (seed ${seed})`, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-crash-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const random = seeded(seed)
  const ledger = new Ledger()
  for (let round = 1; round <= rounds; round += 1) {
    const server = await startServer({ data, accounts: [alice] })
    try {
      ledger.verify(await readInbox(server), `round ${round}`)
      await loadAndKill(server, ledger, random)
    } finally {
      await server.kill()
    }
    if (round % 10 === 0) await checkClean(data)
  }
  const server = await startServer({ data, accounts: [alice] })
  ledger.verify(await readInbox(server), 'the end')
  assert.equal(await server.stop(), 0, 'a clean stop after all the crashes')
  await checkClean(data)
  t.diagnostic(
    `${rounds} crashes, ${ledger.acknowledged} messages acknowledged, ${ledger.uncertain} cut off before their answer, ${ledger.removed} expunged`,
  )
  assert.ok(ledger.acknowledged > rounds, 'the load did something')
})

async function loadAndKill(server: RunningServer, ledger: Ledger, random: () => number): Promise<void> {
  const killAfter = ledger.acknowledged + 3 + Math.floor(random() * 120)
  const delayTurns = Math.floor(random() * 20)
  const { promise: enough, resolve } = Promise.withResolvers<void>()
  const onAcknowledged = (): void => {
    if (ledger.acknowledged >= killAfter) resolve()
  }
  const work = [
    ...Array.from({ length: 4 }, () => sendUntilDead(server, ledger, onAcknowledged)),
    ...Array.from({ length: 2 }, () => appendUntilDead(server, ledger, onAcknowledged)),
    expungeUntilDead(server, ledger),
  ]
  const everything = Promise.all(work)
  await Promise.race([enough, everything])
  // A few turns of the loop more, so that the kill falls between answers too.
  for (let turn = 0; turn < delayTurns; turn += 1) await new Promise<void>(settle => setImmediate(settle))
  await server.kill()
  await everything
}
