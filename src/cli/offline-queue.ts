// The queue while no server runs: it is looked at and changed, and nothing of it is delivered.

import type { Clock } from '#io/clock.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { listed, shown } from '#queue/list.ts'
import { migrations } from '#queue/migrations.ts'
import type { Queue } from '#queue/queue.ts'
import { messageOf, removeMessage, setDueNow } from '#queue/rows.ts'
import type { Store } from '#store/store.ts'

export type OfflineQueue = Pick<Queue, 'list' | 'show' | 'release' | 'drop'>

export interface OfflineQueueNeeds {
  readonly database: Database
  readonly store: Store
  readonly clock: Clock
}

/** Brings the tables up to date first. */
export async function offlineQueue({ database, store, clock }: OfflineQueueNeeds): Promise<OfflineQueue> {
  await migrate(database, 'queue', migrations, clock)
  return {
    list: (filter = {}, after) => database.read(tx => listed(tx, filter, after)),
    show: messageId => shown({ database, store }, messageId),
    release: messageId => database.write(tx => setDueNow(tx, messageId, clock.now())),
    drop: messageId =>
      database.write(async tx => {
        const message = await messageOf(tx, messageId)
        return message !== undefined && (await removeMessage(tx, message))
      }),
  }
}
