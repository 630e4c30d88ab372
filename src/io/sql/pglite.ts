// PostgreSQL inside this process, for tests: it shows that schema and statements are ones that both engines accept.
// One connection, so transactions queue; the import is dynamic because the package is needed for tests alone.

import { after } from 'node:test'
import type { PGlite } from '@electric-sql/pglite'
import type { Database, Row, Sql, Tx } from './database.ts'
import { limits } from './limits.ts'

/** Starting one takes seconds: who is done with it leaves it, emptied, to the next. */
let idle: PGlite | undefined

export async function openPglite(): Promise<Database> {
  const left = idle
  idle = undefined
  return new PgliteDatabase(left ?? (await start()))
}

async function start(): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite')
  return await PGlite.create()
}

// Left open it keeps the process for 10 s more.
after(async () => await idle?.close())

class PgliteDatabase implements Database {
  readonly #engine: PGlite
  #last: Promise<unknown> = Promise.resolve()

  constructor(engine: PGlite) {
    this.#engine = engine
  }

  read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work))
  }

  write<T>(work: (tx: Tx) => Promise<T>, onDurable?: (result: T) => void): Promise<T> {
    return this.#inTurn(async () => {
      const result = await this.#transaction('BEGIN ISOLATION LEVEL REPEATABLE READ', work)
      onDurable?.(result)
      return result
    })
  }

  async durable(): Promise<void> {} // a commit settles durable

  async faults(): Promise<readonly string[]> {
    return []
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(run)
    this.#last = result.catch(() => {})
    return result
  }

  async #transaction<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#engine.exec(begin)
      try {
        const result = await work(new PgliteTx(this.#engine))
        await this.#engine.exec('COMMIT')
        return result
      } catch (error) {
        await this.#engine.exec('ROLLBACK')
        if (attempt > limits.retries || !isSerializationFailure(error)) throw error
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last
    await this.#engine.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    if (idle === undefined) idle = this.#engine
    else await this.#engine.close()
  }
}

class PgliteTx implements Tx {
  readonly #engine: PGlite

  constructor(engine: PGlite) {
    this.#engine = engine
  }

  async all<R extends Row>(query: Sql): Promise<R[]> {
    return (await this.#query<R>(query)).rows
  }

  async get<R extends Row>(query: Sql): Promise<R | undefined> {
    return (await this.#query<R>(query)).rows[0]
  }

  async run(query: Sql): Promise<number> {
    return (await this.#query(query)).affectedRows ?? 0
  }

  async define(statement: string): Promise<void> {
    await this.#engine.exec(inPostgresWords(statement))
  }

  async turn(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
  }

  #query<R>(query: Sql) {
    return this.#engine.query<R>(numbered(query.strings), [...query.values], { rowMode: 'array', parsers })
  }
}

// 20 int8, 1700 numeric (what SUM makes of int8): all our numbers fit a double exactly.
const parsers = { 20: Number, 1700: Number }

function numbered(strings: readonly string[]): string {
  return strings.reduce((text, next, index) => `${text}$${index}${next}`)
}

function inPostgresWords(statement: string): string {
  return statement.replaceAll(/\bBYTES\b/g, 'BYTEA').replaceAll(/\bCLUSTERED\b/g, '')
}

function isSerializationFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01')
}
