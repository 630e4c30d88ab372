// What is measured: one row a promise. `run` gives one figure; run.ts takes the median and sets it beside the goal.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../test/support/running-server.ts'
import { imapRows } from './imap-rows.ts'
import { largeRows } from './large-rows.ts'
import { crowdRatio } from './load/crowd.ts'
import { ImapLoad, messagesIn } from './load/imap.ts'
import { message, sendMessages } from './load/smtp.ts'
import { processTree, residentBytes, secondsOf } from './measure.ts'
import { pop3Rows } from './pop3-rows.ts'
import { relayRows } from './relay-rows.ts'
import type { RowOfBench } from './row.ts'
import { bareTlsBytes } from './servers/bare-tls.ts'
import { startPosthouse } from './servers/posthouse.ts'
import { type ServerUnderTest, userOf } from './servers/server.ts'

export interface Figure {
  readonly row: RowOfBench
  readonly ours: number
  readonly theirs: number | undefined
}

const fetchMessages = 20_000
/** The unmeasured ones fill the room that a young heap has. */
const idleSessions = { unmeasured: 2_000, measured: 2_000 }
/** Of servers that run a process for each. */
const idleProcesses = { unmeasured: 100, measured: 500 }

export const rows: readonly RowOfBench[] = [
  {
    name: 'start',
    title: 'start to `ready`',
    unit: 's',
    goal: 1.5,
    better: 'less',
    compared: false,
    async run() {
      await using server = await startPosthouse()
      return server.startSeconds
    },
  },
  {
    name: 'resident',
    title: 'resident after a start over accounts that are there',
    unit: 'MB',
    goal: 150,
    better: 'less',
    compared: false,
    async run() {
      // To make an account takes memory, for its password's sake, that the process keeps.
      const data = await mkdtemp(join(tmpdir(), 'posthouse-bench-'))
      await using _folder = { [Symbol.asyncDispose]: () => rm(data, { recursive: true }) }
      const first = await startServer({ data })
      await first.stop()
      await using server = await startServer({ data, accounts: [] })
      return residentBytes(processTree(server.processId)) / 1e6
    },
  },
  {
    name: 'mx',
    title: 'MX to mailbox, 8 kB, 20 connections, durable',
    unit: '/s',
    goal: 2_000,
    better: 'more',
    compared: true,
    run: server => messagesPerSecond(server, 'DATA'),
  },
  {
    name: 'mx-bdat',
    title: 'the same by BDAT, all of a message in one packet',
    unit: '/s',
    goal: 2_000,
    better: 'more',
    compared: true,
    run: server => messagesPerSecond(server, 'BDAT'),
  },
  {
    name: 'mx-cpu',
    title: "the first of these: the server's processor time a message",
    unit: 'µs',
    goal: undefined,
    better: 'less',
    compared: true,
    async run(server) {
      const before = server.processorSeconds()
      const { messages } = await deliver(server, 'DATA')
      return ((server.processorSeconds() - before) / messages) * 1e6
    },
  },
  ...largeRows,
  ...relayRows,
  {
    name: 'crowd',
    title: 'p99 of honest messages beside a crowd of bad clients, to that with the crowd elsewhere',
    unit: '×',
    goal: 10,
    better: 'less',
    compared: false,
    run: crowdRatio,
  },
  {
    name: 'fetch-flags',
    title: `FETCH 1:* (UID FLAGS), ${fetchMessages.toLocaleString('en-US')} messages`,
    unit: 'messages/s',
    goal: 500_000,
    better: 'more',
    compared: true,
    prepare: server =>
      server.fill(userOf(server, 2), { count: fetchMessages, message: number => message(number, 1_000) }),
    async run(server) {
      const load = await ImapLoad.login(server, userOf(server, 2))
      await load.command('SELECT INBOX')
      await load.command('FETCH 1:* (UID FLAGS)') // the first of a session also warms the compiler: not what is asked here
      const seconds = await secondsOf(() => load.command('FETCH 1:* (UID FLAGS)'))
      load.client.close()
      return fetchMessages / seconds
    },
  },
  ...imapRows,
  ...pop3Rows,
  {
    name: 'idle',
    title: `an idle IMAP session under TLS, of ${idleSessions.measured.toLocaleString('en-US')}`,
    unit: 'kB',
    goal: 60,
    better: 'less',
    compared: true,
    async run(server) {
      // Rows before this one have left room in the heap: a server that did them would seem to need nothing.
      if (server.name !== 'Posthouse') return (await idleSessionBytes(server, idleProcesses)) / 1_000
      await using fresh = await startPosthouse()
      return (await idleSessionBytes(fresh, idleSessions)) / 1_000
    },
  },
  {
    name: 'bare-tls',
    title: 'of that, a TLS connection of Node alone, without a session',
    unit: 'kB',
    goal: undefined,
    better: 'less',
    compared: false,
    async run(server) {
      return (await bareTlsBytes(server.certificates, idleSessions)) / 1_000
    },
  },
]

async function messagesPerSecond(server: ServerUnderTest, by: 'DATA' | 'BDAT'): Promise<number> {
  const { messages, seconds } = await deliver(server, by)
  return messages / seconds
}

async function deliver(server: ServerUnderTest, by: 'DATA' | 'BDAT') {
  const messages = server.name === 'Posthouse' ? 8_000 : 500
  const recipients = [userOf(server, 0), userOf(server, 1)]
  const before = await deliveredTo(server, recipients)
  const seconds = await secondsOf(async () => {
    await sendMessages(server.mx, { recipients, messages, connections: 20, sizeBytes: 8_000, by })
    while ((await deliveredTo(server, recipients)) < before + messages)
      await new Promise(settle => setTimeout(settle, 20))
  })
  return { messages, seconds }
}

async function deliveredTo(server: ServerUnderTest, users: readonly string[]): Promise<number> {
  let sum = 0
  for (const user of users) sum += await messagesIn(server, user)
  return sum
}

/** Octets that one more idle session takes. */
async function idleSessionBytes(server: ServerUnderTest, count: typeof idleSessions): Promise<number> {
  const sessions: ImapLoad[] = []
  const openTo = async (total: number): Promise<void> => {
    while (sessions.length < total) sessions.push(await idleSession(server, userOf(server, 2)))
  }
  await openTo(count.unmeasured)
  const before = server.residentBytes()
  await openTo(count.unmeasured + count.measured)
  const after = server.residentBytes()
  for (const { client } of sessions) client.close()
  return (after - before) / count.measured
}

async function idleSession(server: ServerUnderTest, user: string): Promise<ImapLoad> {
  const load = await ImapLoad.login(server, user)
  await load.command('SELECT INBOX')
  load.client.write('idle IDLE\r\n')
  await load.client.lastLine('+ ')
  return load
}
