// Mail on its way out: from submission to a sink that takes everything, beside Postfix.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigInput } from '#config/define.ts'
import { startServer } from '../test/support/running-server.ts'
import { fillQueue } from './load/fill-queue.ts'
import { crowd, type Drained, drainCrowd } from './load/many-domains.ts'
import { sendMessages } from './load/smtp.ts'
import { secondsOf } from './measure.ts'
import type { RowOfBench } from './row.ts'
import { startBareRelay } from './servers/bare-relay.ts'
import { startPosthouse } from './servers/posthouse.ts'
import { relayConfig } from './servers/relaying.ts'
import { type ServerUnderTest, sinkPlace } from './servers/server.ts'
import { Sink } from './servers/sink.ts'

/** As Postfix has it: one next hop, without TLS. */
const toSink: NonNullable<ConfigInput['send']> = {
  route: 'sink',
  routes: { sink: { kind: 'smarthost', hosts: [sinkPlace], tls: 'none' } },
}
/** Nobody listens there. */
const nowhere: NonNullable<ConfigInput['send']> = { routes: { direct: { kind: 'direct', port: 31_127 } } }
const queued = 1_000_000
const connections = 20

const sizeBytes = 8_000
/** So many until V8 has compiled what it will: until then the rate still climbs. One connection takes up to 1,000. */
const warmUp = 18_000
const measured = 8_000
const recipients = Array.from({ length: 1_000 }, (_, number) => `reader${number}@far.example`)

type Submissions = Pick<ServerUnderTest, 'submissions' | 'login'>

/** Sends as many, to each server its part, and waits until the sink has them all; gives messages a second. */
async function relayed(servers: readonly Submissions[], sink: Sink, messages: number): Promise<number> {
  const before = sink.messages
  const part = { messages: messages / servers.length, connections: connections / servers.length }
  const seconds = await secondsOf(async () => {
    const sent = servers.map(({ submissions, login }) =>
      sendMessages(submissions, { recipients, ...part, sizeBytes, tls: true, login }),
    )
    await Promise.all(sent)
    await sink.taken(before + messages)
  })
  return messages / seconds
}

function startRelaying(): Promise<ServerUnderTest> {
  return startPosthouse({ config: offset => relayConfig(offset, { send: toSink }) })
}

/** What the runs of the row of its speed have found, for the row of its memory. */
const drained: Drained[] = []

const crowdTitle = `${crowd.recipients.toLocaleString('en-US')} recipients at ${crowd.domains.toLocaleString('en-US')} domains, ${crowd.dead} of them dead`

export const relayRows: readonly RowOfBench[] = [
  {
    name: 'relay',
    title: 'submission under TLS to a next hop, 8 kB, 20 connections, durable',
    unit: '/s',
    goal: 2_400,
    better: 'more',
    compared: true,
    async run(server) {
      await using sink = await Sink.start(sinkPlace)
      if (server.name !== 'Posthouse') return await relayed([server], sink, 2_000)
      await using fresh = await startRelaying()
      // The compiler's warmth is not what is asked here: a server runs for months, and V8 is done after seconds of this.
      await relayed([fresh], sink, warmUp)
      return await relayed([fresh], sink, measured)
    },
  },
  {
    name: 'relay-pair',
    title: 'the same over two servers at once, which have nothing in common',
    unit: '/s',
    goal: undefined,
    better: 'more',
    compared: false,
    async run() {
      await using sink = await Sink.start(sinkPlace)
      await using first = await startRelaying()
      await using second = await startRelaying()
      for (const _ of [first, second]) await relayed([first, second], sink, warmUp)
      return await relayed([first, second], sink, measured)
    },
  },
  {
    name: 'relay-bare',
    title: 'the same by Node alone: TLS, a row, the next hop, and nothing of ours',
    unit: '/s',
    goal: undefined,
    better: 'more',
    compared: false,
    async run({ certificates }) {
      await using sink = await Sink.start(sinkPlace)
      await using bare = await startBareRelay(certificates, sinkPlace)
      await relayed([bare], sink, warmUp)
      return await relayed([bare], sink, measured)
    },
  },
  {
    name: 'relay-crowd',
    title: `${crowdTitle}: the others have their mail`,
    unit: '/s',
    goal: 2_000,
    better: 'more',
    compared: false,
    async run() {
      const found = await drainCrowd()
      drained.push(found)
      return found.perSecond
    },
  },
  {
    name: 'relay-crowd-memory',
    title: 'memory meanwhile, at its highest',
    unit: 'MB',
    goal: 200,
    better: 'less',
    compared: false,
    async run() {
      const { peakBytes } = drained.shift() ?? (await drainCrowd())
      return peakBytes / 1e6
    },
  },
  {
    name: 'relay-restart',
    title: `start to \`ready\` with ${queued.toLocaleString('en-US')} recipients in the queue`,
    unit: 's',
    goal: 2,
    better: 'less',
    compared: false,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'posthouse-bench-queue-'))
      await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
      const data = join(folder, 'data')
      const config = (offset: number) => relayConfig(offset, { send: nowhere })
      const first = await startServer({ data, config, accounts: [] })
      await first.stop()
      await fillQueue(data, queued)
      const server = await startServer({ data, config, accounts: [] })
      const { startSeconds } = server
      await server.kill()
      return startSeconds
    },
  },
]
