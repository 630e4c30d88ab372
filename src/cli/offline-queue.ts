// The queue while no server runs: it is looked at and changed, and nothing of it is delivered, nor reported, before a server starts.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { listed, shown } from '#queue/list.ts'
import { migrations } from '#queue/migrations.ts'
import { noCarriage } from '#queue/no-carriage.ts'
import type { Queue } from '#queue/queue.ts'
import { statsOf } from '#queue/stats.ts'
import { act } from '#queue/verbs.ts'
import type { Store } from '#store/store.ts'

export type OfflineQueue = Pick<Queue, 'list' | 'show' | 'act' | 'stats'>

export interface OfflineQueueNeeds {
  readonly database: Database
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly hostname: string
}

/** Brings the tables up to date first. */
export async function offlineQueue(needs: OfflineQueueNeeds): Promise<OfflineQueue> {
  const { database, store, clock } = needs
  await migrate(database, 'queue', migrations, clock)
  return {
    list: (filter = {}, after) => listed(database, filter, { now: clock.now(), after }),
    show: messageId => shown({ database, store, carriage: noCarriage }, messageId),
    act: (action, filter, reason) => act({ ...needs, running: undefined }, action, filter, reason),
    stats: () => statsOf(database),
  }
}
