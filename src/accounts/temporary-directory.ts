// A directory for tests, on each engine: its accounts are made without the hashing of a password, which takes long on purpose.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import type { Account } from './account.ts'
import * as accounts from './account-verbs.ts'
import { Directory } from './directory.ts'

export type Engine = 'SQLite' | 'PGlite'

export class TemporaryDirectory implements AsyncDisposable {
  readonly clock: ManualClock
  readonly database: Database
  readonly directory: Directory
  readonly #owned: AsyncDisposableStack

  static async open(engine: Engine): Promise<TemporaryDirectory> {
    await using owned = new AsyncDisposableStack()
    const clock = manualClock()
    let database: Database
    if (engine === 'PGlite') database = owned.use(await openPglite())
    else {
      const folder = await mkdtemp(join(tmpdir(), 'posthouse-directory-'))
      owned.defer(() => rm(folder, { recursive: true }))
      database = owned.use(await openSqlite({ path: join(folder, 'posthouse.db') }))
    }
    const directory = await Directory.open({ database, clock, random: seededRandom(1) })
    return new TemporaryDirectory({ clock, database, directory, owned: owned.move() })
  }

  private constructor(parts: {
    clock: ManualClock
    database: Database
    directory: Directory
    owned: AsyncDisposableStack
  }) {
    this.clock = parts.clock
    this.database = parts.database
    this.directory = parts.directory
    this.#owned = parts.owned
  }

  async account(address: string): Promise<Account> {
    const accountId = await this.directory.reserveAccountId()
    await this.database.write(
      async tx => void (await accounts.add(tx, { accountId, address, passwordHash: 'none', now: 0 })),
    )
    return { accountId, address, disabled: false, createdAt: 0 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync()
  }
}
