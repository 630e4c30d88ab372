// Honest mail beside a crowd of bad clients (test/support/smtp-abuse.ts): how much longer the slowest hundredth of it takes.

import { deliver } from '../../test/support/mail-client.ts'
import { bob, startServer } from '../../test/support/running-server.ts'
import { SmtpAbuse } from '../../test/support/smtp-abuse.ts'

const crowd = {
  idle: 2_000,
  slowCommands: 100,
  slowData: 100,
  deaf: 20,
  earlyTalkers: 100,
  lineBytes: 1_000_000_000,
  badCommands: 100_000,
} as const
const messages = 200
const letter = Buffer.from(`From: <a@sender.example>\r\nSubject: honest\r\n\r\n${'an honest line\r\n'.repeat(500)}`)

/** p99 beside the crowd to p99 of the quiet server, on a server of its own. */
export async function crowdRatio(): Promise<number> {
  await using server = await startServer({ accounts: [bob] })
  await using abuse = new SmtpAbuse({ host: server.host, port: server.ports.smtp }, crowd)
  const p99 = async (between: () => void): Promise<number> => {
    const durations: number[] = []
    for (let count = 0; count < messages; count += 1) {
      between()
      const started = performance.now()
      await deliver(server, letter, { to: [bob.address] })
      durations.push(performance.now() - started)
    }
    return durations.sort((left, right) => left - right)[Math.ceil(messages * 0.99) - 1] ?? Number.NaN
  }
  await p99(() => {}) // warms it up
  const quiet = await p99(() => {})
  await abuse.begin()
  const crowded = await p99(() => abuse.tick())
  await abuse.end()
  return crowded / quiet
}
