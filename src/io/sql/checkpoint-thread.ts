// The thread that checkpoints: one connection, one order at a time.

import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { CheckpointOrder, CheckpointReport } from './checkpointer.ts'
import { limits } from './limits.ts'

// What Checkpointer passes.
const { path } = workerData as { readonly path: string }
const database = new DatabaseSync(path, { timeout: limits.checkpointBusyMs })
database.exec('PRAGMA wal_autocheckpoint=0')
// The log is synced before the file is written, the file before the log is used anew.
database.exec('PRAGMA synchronous=NORMAL')
database.exec('PRAGMA cache_size=-256')

parentPort?.on('message', (order: CheckpointOrder) => {
  parentPort?.postMessage(carriedOut(order))
})

function carriedOut(order: CheckpointOrder): CheckpointReport {
  try {
    // Busy (a reader holds an old snapshot) is no error: the next checkpoint goes further.
    database.prepare(`PRAGMA wal_checkpoint(${order.mode})`).all()
    return { error: undefined }
  } catch (error) {
    return { error: String(error) }
  }
}
