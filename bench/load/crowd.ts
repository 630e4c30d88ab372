// Honest mail beside a crowd of bad clients (test/support/smtp-abuse.ts): how much longer the slowest hundredth of it takes.

import { deliver } from '../../test/support/mail-client.ts'
import { bob, type RunningServer, startServer } from '../../test/support/running-server.ts'
import { crowd, SmtpAbuse } from '../../test/support/smtp-abuse.ts'
import { median } from '../measure.ts'

const messages = 200
const turns = 3
const letter = Buffer.from(`From: <a@sender.example>\r\nSubject: honest\r\n\r\n${'an honest line\r\n'.repeat(500)}`)

/**
 * p99 of honest messages beside the crowd, to their p99 while the same crowd is at another server: there it takes the same share of the
 * machine, so what differs is what it does to the server. Medians of turns.
 */
export async function crowdRatio(): Promise<number> {
  await using server = await startServer({ accounts: [bob] })
  await using other = await startServer({ accounts: [bob] })
  const p99With = async (at: RunningServer): Promise<number> => {
    const durations: number[] = []
    // A new one each time, for the floods come to an end.
    await using abuse = new SmtpAbuse({ host: at.host, port: at.ports.smtp }, crowd)
    await abuse.begin()
    for (let count = 0; count < messages; count += 1) {
      abuse.tick()
      const started = performance.now()
      await deliver(server, letter, { to: [bob.address] })
      durations.push(performance.now() - started)
    }
    await abuse.end()
    return durations.sort((left, right) => left - right)[Math.ceil(messages * 0.99) - 1] ?? Number.NaN
  }
  await deliver(server, letter, { to: [bob.address] }) // warms it up
  const quiet: number[] = []
  const crowded: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    quiet.push(await p99With(other))
    crowded.push(await p99With(server))
  }
  return median(crowded) / median(quiet)
}
