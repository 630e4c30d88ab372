// SQLite in memory behind the database's interface: as durable as the world that it is part of, and without a thread or a file.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Database, Row, Sql, Tx } from '#io/sql/database.ts'
import { inMicrotasks } from '#io/sql/in-microtasks.ts'
import { inSqliteWords } from '#io/sql/sqlite-connection.ts'

export class MemoryDatabase implements Database {
  readonly #database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  // As SqliteConnection keeps them.
  readonly #statements = new WeakMap<readonly string[], StatementSync>()
  #last: Promise<unknown> = Promise.resolve()
  /** Transactions so far: a world where this stands still has nothing to do. */
  transactions = 0

  /** @param copied what `copy` of another gave */
  constructor(copied?: Uint8Array) {
    if (copied !== undefined) this.#database.deserialize(copied)
  }

  /** All of it, for a new one that begins there: tables are made once for many worlds. */
  copy(): Uint8Array {
    return this.#database.serialize()
  }

  read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#inTurn(work, 'ROLLBACK')
  }

  async write<T>(work: (tx: Tx) => Promise<T>, onDurable?: (result: T) => void): Promise<T> {
    const result = await this.#inTurn(work, 'COMMIT')
    onDurable?.(result)
    return result
  }

  async durable(): Promise<void> {}

  async faults(): Promise<readonly string[]> {
    return []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close()
  }

  async #inTurn<T>(work: (tx: Tx) => Promise<T>, end: 'COMMIT' | 'ROLLBACK'): Promise<T> {
    const mine = this.#last.then(() => this.#transaction(work, end))
    this.#last = mine.catch(() => {})
    return await mine
  }

  async #transaction<T>(work: (tx: Tx) => Promise<T>, end: 'COMMIT' | 'ROLLBACK'): Promise<T> {
    this.transactions += 1
    this.#database.exec('BEGIN IMMEDIATE')
    const outcome = await inMicrotasks(turn => work(this.#tx(turn)))
    this.#database.exec(outcome.kind === 'done' ? end : 'ROLLBACK')
    if (outcome.kind === 'failed') throw outcome.error
    return outcome.value
  }

  #tx(turn: () => Promise<void>): Tx {
    return {
      // The caller names the row's shape when it names the columns, and node:sqlite's types only know objects.
      all: async <R extends Row>(query: Sql) => this.#statement(query).all(...inputs(query)) as unknown as R[],
      get: async <R extends Row>(query: Sql) =>
        this.#statement(query).get(...inputs(query)) as unknown as R | undefined,
      run: async query => Number(this.#statement(query).run(...inputs(query)).changes),
      define: async statement => this.#database.exec(inSqliteWords(statement)),
      turn,
    }
  }

  #statement({ strings }: Sql): StatementSync {
    const known = this.#statements.get(strings)
    if (known !== undefined) return known
    const statement = this.#database.prepare(strings.join('?'))
    statement.setReturnArrays(true)
    this.#statements.set(strings, statement)
    return statement
  }
}

/** SqlValue is a subset of what node:sqlite binds. */
function inputs({ values }: Sql): SQLInputValue[] {
  return values as SQLInputValue[]
}
