// What was set for accounts, remembered: a login asks the database once. Right as long as every change of it goes through here.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Database } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { AccountSettings } from './policy.ts'
import { readSettings, writeSettings } from './settings-row.ts'

export class Settings {
  readonly #database: Database
  readonly #remembered: Remembered<AccountSettings>
  #generation = 0

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#remembered = new Remembered({ clock, mostKeys: limits.accounts, forgetMs: limits.forgetSettingsMs })
  }

  async of(accountId: number): Promise<AccountSettings> {
    const key = String(accountId)
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const generation = this.#generation
    const settings = await this.#database.read(tx => readSettings(tx, accountId))
    if (generation === this.#generation) this.#remembered.set(key, settings)
    return settings
  }

  /** What `edit` does not name stays. */
  async set(accountId: number, edit: Partial<AccountSettings>): Promise<AccountSettings> {
    const settings = await this.#database.write(async tx => {
      const edited = { ...(await readSettings(tx, accountId)), ...edit }
      await writeSettings(tx, accountId, edited)
      return edited
    })
    this.changed(accountId)
    return settings
  }

  /** Its row was changed by a transaction of somebody else's. */
  changed(accountId: number): void {
    this.#generation += 1
    this.#remembered.delete(String(accountId))
  }
}
