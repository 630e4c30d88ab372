// A database one of whose writes can be made to fail amid its statements: it is then rolled back, as on a broken disk.

import type { Database, Tx } from '#io/sql/database.ts'

export interface Failure {
  /** Writes that go well before. */
  readonly after: number
  /** Statements that the failing write still makes; if it has no more of them it fails at its end. */
  readonly statements: number
}

export interface Breakable extends Database {
  /** The next failure; undefined: there is none to come. Taken away when it has happened. */
  failure: Failure | undefined
}

export function breakable(database: Database): Breakable {
  const door: Breakable = {
    failure: undefined,
    read: work => database.read(work),
    write(work, onDurable) {
      const { failure } = door
      if (failure === undefined) return database.write(work, onDurable)
      door.failure = failure.after === 0 ? undefined : { ...failure, after: failure.after - 1 }
      return failure.after > 0 ? database.write(work, onDurable) : database.write(tx => failing(tx, failure, work))
    },
    durable: () => database.durable(),
    faults: () => database.faults(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
  return door
}

async function failing<T>(tx: Tx, { statements }: Failure, work: (tx: Tx) => Promise<T>): Promise<T> {
  let left = statements
  const count = () => {
    left -= 1
    if (left < 0) throw new Error('the disk is broken')
  }
  await work({
    async all(query) {
      count()
      return await tx.all(query)
    },
    async get(query) {
      count()
      return await tx.get(query)
    },
    async run(query) {
      count()
      return await tx.run(query)
    },
    define: statement => tx.define(statement),
    turn: () => tx.turn(),
  })
  throw new Error('the disk is broken')
}
