// One connection to an SQLite file: its settings, its prepared statements, its errors in our words.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { DiskFullError, type Row, type Sql, type Tx } from './database.ts'
import { limits } from './limits.ts'

export interface ConnectionOptions {
  readonly path: string
  readonly readOnly: boolean
  readonly pageBytes: number
  readonly cacheBytes: number
  /** The file refuses to grow beyond: tests fill a disk with it. */
  readonly maxPages?: number | undefined
}

export class SqliteConnection {
  readonly #database: DatabaseSync
  // The strings of one tagged literal are one array for ever: a pointer look-up instead of hashing the text.
  readonly #byStrings = new WeakMap<readonly string[], StatementSync>()
  readonly #byText = new Map<string, StatementSync>()

  constructor(options: ConnectionOptions) {
    this.#database = new DatabaseSync(options.path, {
      timeout: limits.busyTimeoutMs,
      enableForeignKeyConstraints: false,
    })
    try {
      this.#configure(options)
    } catch (error) {
      this.#database.close()
      throw inOurWords(error)
    }
  }

  #configure(options: ConnectionOptions): void {
    this.#database.exec(`PRAGMA page_size=${options.pageBytes}`)
    this.#database.exec('PRAGMA journal_mode=WAL')
    // A commit waits for no disk: whoever needs that waits for WalSync.
    this.#database.exec('PRAGMA synchronous=NORMAL')
    // Checkpoints run on a thread of their own (checkpointer.ts).
    this.#database.exec('PRAGMA wal_autocheckpoint=0')
    this.#database.exec(`PRAGMA cache_size=-${Math.floor(options.cacheBytes / 1024)}`)
    this.#database.exec('PRAGMA temp_store=MEMORY')
    if (options.maxPages !== undefined) this.#database.exec(`PRAGMA max_page_count=${options.maxPages}`)
    if (options.readOnly) this.#database.exec('PRAGMA query_only=ON')
  }

  /** Runs a statement that has neither values nor rows. */
  exec(text: string): void {
    try {
      this.#prepared(text).run()
    } catch (error) {
      throw inOurWords(error)
    }
  }

  /** A schema statement, or several: not kept prepared. */
  define(text: string): void {
    try {
      this.#database.exec(text)
    } catch (error) {
      throw inOurWords(error)
    }
  }

  all(query: Sql): Row[] {
    try {
      // setReturnArrays makes rows arrays; node:sqlite's types only know objects.
      return this.#statement(query).all(...inputs(query)) as unknown as Row[]
    } catch (error) {
      throw inOurWords(error)
    }
  }

  get(query: Sql): Row | undefined {
    try {
      // As in `all`.
      return this.#statement(query).get(...inputs(query)) as unknown as Row | undefined
    } catch (error) {
      throw inOurWords(error)
    }
  }

  run(query: Sql): number {
    try {
      return Number(this.#statement(query).run(...inputs(query)).changes)
    } catch (error) {
      throw inOurWords(error)
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  close(): void {
    this.#database.close()
  }

  #statement(query: Sql): StatementSync {
    const known = this.#byStrings.get(query.strings)
    if (known !== undefined) return known
    const statement = this.#prepared(query.strings.join('?'))
    this.#byStrings.set(query.strings, statement)
    return statement
  }

  #prepared(text: string): StatementSync {
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const statement = this.#database.prepare(text)
    statement.setReturnArrays(true)
    if (this.#byText.size >= limits.preparedStatements) this.#byText.clear()
    this.#byText.set(text, statement)
    return statement
  }
}

// SqlValue is a subset of what node:sqlite binds; its type says Uint8Array over any buffer, ours too.
function inputs(query: Sql): SQLInputValue[] {
  return query.values as SQLInputValue[]
}

/** One transaction on a connection, under promises that are settled when they are made. Unusable once `end`ed. */
export class SqliteTx implements Tx {
  readonly #connection: SqliteConnection
  readonly #turn: () => Promise<void>
  #ended = false

  constructor(connection: SqliteConnection, turn: () => Promise<void>) {
    this.#connection = connection
    this.#turn = turn
  }

  end(): void {
    this.#ended = true
  }

  // The caller names the row's shape when it names the columns: the one place where that is taken on trust.
  all<R extends Row>(query: Sql): Promise<R[]> {
    return this.#settled(() => this.#connection.all(query) as R[])
  }

  // As in `all`.
  get<R extends Row>(query: Sql): Promise<R | undefined> {
    return this.#settled(() => this.#connection.get(query) as R | undefined)
  }

  run(query: Sql): Promise<number> {
    return this.#settled(() => this.#connection.run(query))
  }

  define(statement: string): Promise<void> {
    return this.#settled(() => this.#connection.define(inSqliteWords(statement)))
  }

  turn(): Promise<void> {
    if (this.#ended) return Promise.reject(new Error('this transaction has ended'))
    return this.#turn()
  }

  #settled<T>(statement: () => T): Promise<T> {
    if (this.#ended) return Promise.reject(new Error('this transaction has ended'))
    try {
      return Promise.resolve(statement())
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** The words of migrate.ts in SQLite's dialect. */
export function inSqliteWords(statement: string): string {
  return statement
    .replaceAll(/\bBYTES\b/g, 'BLOB')
    .replaceAll(/\bCLUSTERED\b/g, 'WITHOUT ROWID')
    .replaceAll(/\bBIGINT PRIMARY KEY\b/g, 'INTEGER PRIMARY KEY')
}

// Result codes (sqlite.org/rescode.html): FULL, IOERR_WRITE, IOERR_SHMSIZE: all of them "no room", on one file or another.
const noRoomCodes: readonly unknown[] = [13, 778, 4874]

function inOurWords(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || !noRoomCodes.includes(error.errcode)) return error
  return new DiskFullError(`the database has no room: ${error.message}`)
}
