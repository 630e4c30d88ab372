// SQL behind one interface: SQLite embedded, or anything that speaks PostgreSQL's protocol.
// Statements are written once, in SQL that both accept; this file names no engine.

export type SqlValue = string | number | Uint8Array | null

/** A statement and its values. Made by the `sql` tag alone, so that no value is ever pasted into the text. */
export interface Sql {
  /** The text between the values: always one more than there are values. The identical array at each evaluation of one literal, so engines cache by it. */
  readonly strings: readonly string[]
  readonly values: readonly SqlValue[]
}

/** A statement: sql`SELECT uid FROM entry WHERE account_id = ${accountId}`. */
export function sql(strings: TemplateStringsArray, ...values: SqlValue[]): Sql {
  return { strings, values }
}

export type Row = readonly SqlValue[]

/** What runs inside one transaction. Rows are arrays in the order of the selected columns: bulk reads are what a mail store does. */
export interface Tx {
  all<R extends Row>(query: Sql): Promise<R[]>
  get<R extends Row>(query: Sql): Promise<R | undefined>
  /** Settles with the number of rows changed. */
  run(query: Sql): Promise<number>
  /** Runs one schema statement (CREATE, ALTER, ...). It is written in SQL that every engine accepts but for three words, see migrate.ts. */
  define(statement: string): Promise<void>
  /**
   * Lets everything else in this process have its turn, with the transaction still open: between the pieces of a long one.
   * Other writes wait for its end all the same, and nobody sees what it did so far.
   */
  turn(): Promise<void>
}

export interface Database extends AsyncDisposable {
  /** One consistent snapshot. `work` awaits nothing but `tx`. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * One transaction; all or nothing. `work` awaits nothing but `tx` (SQLite throws if it does: `tx.turn` gives the event loop its turn) and may run again (PostgreSQL retries serialization failures), so it has no effect outside.
   * Settles when the change would outlive a loss of power. `onDurable` runs in commit order, just before: the place to publish what changed.
   * Rejects with DiskFullError when there is no room; the transaction has then not happened.
   */
  write<T>(work: (tx: Tx) => Promise<T>, onDurable?: (result: T) => void): Promise<T>
  /** Settles when everything committed so far would outlive a loss of power: a read may be ahead of that. */
  durable(): Promise<void>
  /** What the engine itself finds wrong with its files; nothing when all is well. */
  faults(): Promise<readonly string[]>
}

export class DiskFullError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DiskFullError'
  }
}
