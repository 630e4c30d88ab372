// A crowd of recipients at a thousand domains, of which some are dead: how fast those that live have their mail, and what memory that takes.

import type { ConfigInput } from '#config/define.ts'
import { peakBytesOf, secondsOf } from '../measure.ts'
import { type DeadHost, startDeadHost } from '../servers/dead-host.ts'
import { Names } from '../servers/names.ts'
import { startPosthouse } from '../servers/posthouse.ts'
import { relayConfig } from '../servers/relaying.ts'
import { Sink } from '../servers/sink.ts'
import { sendMessages } from './smtp.ts'

export const crowd = { domains: 1_000, dead: 10, recipients: 100_000 } as const

const host = '127.0.0.1'
const mailPort = 31_126
const namesPort = 31_153
const sinkHost = '127.0.1.1'
const recipientsEach = 1_000
const domainOf = (number: number): string => `d${number}.far.example`
const deadHost = (number: number): string => `127.0.2.${number + 1}`

const configOf = (offset: number): ConfigInput =>
  relayConfig(offset, {
    dns: { address: host, port: namesPort },
    limits: { recipients: recipientsEach, recipientDomains: recipientsEach },
    send: { routes: { direct: { kind: 'direct', port: mailPort } } },
  })

export interface Drained {
  readonly perSecond: number
  /** Resident, at its highest. */
  readonly peakBytes: number
}

/** From the first submission until the last living recipient has its mail. */
export async function drainCrowd(): Promise<Drained> {
  await using owned = new AsyncDisposableStack()
  owned.use(
    await Names.start(namesPort, domain => {
      const number = Number(/^d(\d+)\./.exec(domain)?.[1])
      return number < crowd.dead ? deadHost(number) : sinkHost
    }),
  )
  const dead: Promise<DeadHost>[] = Array.from({ length: crowd.dead }, (_, number) =>
    startDeadHost(deadHost(number), mailPort),
  )
  for (const one of dead) owned.use(await one)
  const sink = owned.use(await Sink.start({ host: sinkHost, port: mailPort }))
  const server = owned.use(await startPosthouse({ config: configOf }))
  const recipients = Array.from({ length: crowd.recipients }, (_, at) => `r${at}@${domainOf(at % crowd.domains)}`)
  const living = recipients.length * (1 - crowd.dead / crowd.domains)
  let seconds = 0
  const restingBytes = server.residentBytes()
  const moreBytes = await peakBytesOf(server.processId, async () => {
    seconds = await secondsOf(async () => {
      const { login } = server
      const messages = recipients.length / recipientsEach
      await sendMessages(server.submissions, {
        recipients,
        recipientsEach,
        messages,
        connections: 4,
        sizeBytes: 8_000,
        tls: true,
        login,
      })
      await sink.taken(living)
    })
  })
  return { perSecond: living / seconds, peakBytes: restingBytes + moreBytes }
}
