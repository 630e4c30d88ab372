// A crowd of bad SMTP clients at once against a whole server, while honest ones send mail: what they ask for must cost them, not the others.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { LineClient } from '../support/line-client.ts'
import { deliver, imapLogin } from '../support/mail-client.ts'
import { bob, type RunningServer, startServer } from '../support/running-server.ts'
import { type AbuseResult, crowd, SmtpAbuse } from '../support/smtp-abuse.ts'

/** What all of them together may take of the server's memory at its highest: Node lets 64 MB of read octets gather before it collects them, and a heap grow by half. */
const budgetBytes = 400_000_000
/** What nine of ten honest messages take at most beside the crowd, to the same without it. */
const mostRatio = 10
/** With and without in turns, so that what else the machine does falls on both. */
const turns = 3
const messagesEach = 40

const letter = Buffer.from(`From: <a@sender.example>\r\nSubject: honest\r\n\r\n${'an honest line\r\n'.repeat(500)}`)

describe('a crowd of bad clients', () => {
  let server: RunningServer
  let sent = 0
  let result: AbuseResult
  const quietMs: number[] = []
  const crowdedMs: number[] = []
  let grownBytes = 0

  before(async () => {
    server = await startServer({ accounts: [bob] })
    // While our server has its quiet, the crowd is at another one: it takes the same share of the machine, and what differs is the server.
    await using other = await startServer({ accounts: [bob] })
    await using elsewhere = new SmtpAbuse({ host: other.host, port: other.ports.smtp }, crowd)
    await using here = new SmtpAbuse({ host: server.host, port: server.ports.smtp }, crowd)
    await usualMs(() => {}) // warms it up
    const startBytes = statusBytes('VmRSS')
    resetPeak()
    for (let turn = 0; turn < turns; turn += 1) {
      quietMs.push(await timeBeside(elsewhere))
      crowdedMs.push(await timeBeside(here))
    }
    result = await here.finish()
    grownBytes = statusBytes('VmHWM') - startBytes
  })
  after(async () => await server[Symbol.asyncDispose]())

  async function timeBeside(abuse: SmtpAbuse): Promise<number> {
    await abuse.begin()
    const found = await usualMs(() => abuse.tick())
    await abuse.end()
    return found
  }

  /** How long nine of ten honest messages take at most, their connections included: the slowest of all are the machine's hiccups. */
  async function usualMs(between: () => void): Promise<number> {
    const times: number[] = []
    for (let count = 0; count < messagesEach; count += 1) {
      between()
      const started = performance.now()
      await deliver(server, letter, { to: [bob.address] })
      times.push(performance.now() - started)
      sent += 1
    }
    times.sort((one, other) => one - other)
    return times[Math.floor(messagesEach * 0.9)] ?? 0
  }

  function statusBytes(name: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${server.processId}/status`, 'utf8')
    return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024
  }

  function resetPeak(): void {
    writeFileSync(`/proc/${server.processId}/clear_refs`, '5')
  }

  test('takes no more memory than its budget', t => {
    t.diagnostic(`grown by ${Math.round(grownBytes / 1e6)} MB`)
    assert.ok(grownBytes < budgetBytes, `grown by ${grownBytes / 1e6} MB`)
  })

  test('makes an honest message wait no longer than ten times as long', t => {
    const told = [quietMs, crowdedMs].map(list => list.map(ms => ms.toFixed(0)).join(', '))
    t.diagnostic(`nine of ten of ${messagesEach}, ms: without the crowd ${told[0]}; beside it ${told[1]}`)
    assert.ok(median(crowdedMs) <= mostRatio * median(quietMs), told.join(' and '))
  })

  test('every honest message arrives', async () => {
    const client = await imapLogin(server, bob)
    assert.match(await client.command('s', 'STATUS INBOX (MESSAGES)'), new RegExp(`\\(MESSAGES ${sent}\\)`))
    client.close()
  })

  test('a line of 1 GB is refused as too long, and the session lives on', () => {
    assert.match(result.lineAnswer, /^500 5\.5\.6 [^\n]*\n221 [^\n]*\n$/)
  })

  test('100,000 bad commands: every ten of them are shown out with 421', () => {
    assert.equal(result.badCommandsSent, crowd.badCommands)
    assert.equal(result.endedOtherwise, 0)
    assert.equal(result.shownOut, crowd.badCommands / 20)
  })

  test('those who talk before they are greeted are answered', () => {
    assert.equal(result.earlyTalkersAnswered, crowd.earlyTalkers * turns)
  })

  test('it still greets', async () => {
    const client = await LineClient.open({ host: server.host, port: server.ports.smtp }, false)
    await client.replies(1)
    client.close()
  })
})

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN
}
