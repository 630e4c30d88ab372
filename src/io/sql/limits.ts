// Limits of the SQL engines.

export const limits = {
  /** Prepared statements kept by text in one connection. */
  preparedStatements: 1_000,
  /** How long a statement may stop the event loop waiting for another process's lock. Within one process nobody waits. */
  busyTimeoutMs: 5_000,
  /** How long a checkpoint waits for a reader of another process; writes may be waiting for it. */
  checkpointBusyMs: 200,
  /** Writes that share one transaction of the engine, after which the event loop has its turn. */
  writesPerCommit: 64,
  /** Reads that share one snapshot, after which the event loop has its turn. */
  readsPerSnapshot: 32,
  /** Log bytes from which a checkpoint starts. */
  checkpointBytes: 16 * 1024 * 1024,
  /** Log bytes from which writes are held back until the log begins anew, in the same file. */
  restartBytes: 32 * 1024 * 1024,
  /** Log bytes from which its file is cut to nothing too: a reader that stayed let it grow. */
  truncateBytes: 128 * 1024 * 1024,
  /** Bytes of a new file's pages: measured with messages of 4 and 8 kB, half the log and file of 8192 at the same speed. */
  pageBytes: 4096,
  writerCacheBytes: 8 * 1024 * 1024,
  readerCacheBytes: 8 * 1024 * 1024,
  /** Times a transaction is begun again after a serialization failure. */
  retries: 20,
  /** Values in one statement's list (list.ts). */
  listValues: 256,
  /** Rows that a long transaction works on between two turns of the event loop: some 10 ms. */
  rowsPerTurn: 1_024,
} as const
