// A queue with as many recipients as nobody wants to find on Monday: put into the folder of a server that is not running, by the queue itself.

import { databasePath } from '#config/paths.ts'
import { systemClock } from '#io/clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { systemRandom } from '#io/random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import type { Carriage } from '#queue/carriage.ts'
import { openQueue } from '#queue/open.ts'
import { usualSchedule } from '#queue/schedule.ts'
import { openStore } from '#store/open.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { message } from './smtp.ts'

const recipientsEach = 1_000
const domains = 1_000

/** By the route `direct`; nobody comes for it here. */
const carriage: Carriage = {
  route: ({ recipient }) => ({ kind: 'hop', hop: `direct:${recipient.slice(recipient.lastIndexOf('@') + 1)}` }),
  schedule: () => usualSchedule,
  courier: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  lookAgain: () => undefined,
}

export async function fillQueue(data: string, recipients: number): Promise<void> {
  await using owned = new AsyncDisposableStack()
  const [clock, random, log] = [systemClock, systemRandom, memoryLog()]
  const database = owned.use(await openSqlite({ path: databasePath(data) }))
  const store = owned.use(await openStore({ database, folder: data, clock, random, log, freeBytesThreshold: 0 }))
  const resolver = { resolve: async () => ({ kind: 'not-local' as const }) }
  const carrier = { carry: () => Promise.reject(new Error('nobody is here')) }
  const queue = owned.use(
    await openQueue({ database, store, resolver, carrier, carriage, clock, random, log, hostname: 'localhost' }),
  )
  for (let number = 0; number * recipientsEach < recipients; number += 1) {
    await using writer = store.spool.open()
    await writer.write(Buffer.from(message(number, 2_000)))
    await using spooled = await writer.finish()
    const addresses = Array.from({ length: recipientsEach }, (_, at) => `r${number}@d${at % domains}.far.example`)
    await queue.accept({
      messageId: `filled${number}`,
      accountId: 1 + (number % 50),
      origin: 'submission',
      sender: 'load@sender.example',
      returnPath: 'load@sender.example',
      parameters: noMailParameters,
      recipients: addresses.map(address => ({ address, parameters: noRecipientParameters })),
      fields: '',
      spooled,
      // Due when the server starts, as they are after a night: not while they are put in.
      releaseAt: Date.now() + 1_000,
      heldFor: undefined,
    })
  }
}
