// The SCRAM keys of accounts: made when a password is set, or at the first login that shows it, and looked up by name.
// A name without an account, or an account without keys, gets keys that look like others and that no proof fits.

import type { Database } from '#io/sql/database.ts'
import type { Account } from './account.ts'
import { limits } from './limits.ts'
import { countedName, readAddress } from './names.ts'
import { decoyKeys, deriveKeys, saltOf } from './scram.ts'
import { printKeys, readKeys, type ScramKeys, type ScramMechanism } from './scram-keys.ts'
import { addKeys, credentials, type KeysText, keysOf } from './scram-verbs.ts'

export interface ScramAccountsNeeds {
  readonly database: Database
  /** The installation's, for salts. */
  readonly secret: Uint8Array
  /** Those that keys are made for. */
  readonly mechanisms: readonly ScramMechanism[]
}

export interface ScramCredentials {
  /** Undefined: no proof may be taken. */
  readonly account: Account | undefined
  readonly keys: ScramKeys
}

export class ScramAccounts {
  readonly #database: Database
  readonly #secret: Uint8Array
  readonly #mechanisms: readonly ScramMechanism[]

  constructor(needs: ScramAccountsNeeds) {
    this.#database = needs.database
    this.#secret = needs.secret
    this.#mechanisms = needs.mechanisms
  }

  /** By full address in any case. */
  async credentials(user: string, mechanism: ScramMechanism): Promise<ScramCredentials> {
    const name = readAddress(user)
    const found = name && (await this.#database.read(tx => credentials(tx, name, mechanism)))
    const keys = found?.keys === undefined ? undefined : readKeys(found.keys)
    if (found !== undefined && keys !== undefined) return { account: found.account, keys }
    const { scramIterations: iterations } = limits
    const decoy = decoyKeys({ mechanism, salt: this.#saltOf(mechanism, user), iterations }, this.#secret)
    return { account: undefined, keys: decoy }
  }

  /** The keys of a prepared password, for the account of that address. */
  async derive(address: string, password: string, mechanisms = this.#mechanisms): Promise<readonly KeysText[]> {
    const keys = await Promise.all(mechanisms.map(mechanism => this.#derive(mechanism, address, password)))
    return keys.map(one => ({ mechanism: one.mechanism, text: printKeys(one) }))
  }

  /** Makes the keys that the account has not, or that cost too little, now that its password is known. False: there was nothing to make. */
  async complete(
    { account, passwordHash }: { readonly account: Account; readonly passwordHash: string },
    password: string,
  ): Promise<boolean> {
    const { accountId, address } = account
    const kept = (await this.#database.read(tx => keysOf(tx, accountId))).map(readKeys)
    const isGood = (mechanism: ScramMechanism) =>
      kept.some(keys => keys?.mechanism === mechanism && keys.iterations >= limits.scramIterations)
    const missing = this.#mechanisms.filter(mechanism => !isGood(mechanism))
    if (missing.length === 0) return false
    const keys = await this.derive(address, password, missing)
    await this.#database.write(tx => addKeys(tx, { accountId, passwordHash, keys }))
    return true
  }

  async #derive(mechanism: ScramMechanism, address: string, password: string): Promise<ScramKeys> {
    const salt = this.#saltOf(mechanism, address)
    return await deriveKeys({ mechanism, password, salt, iterations: limits.scramIterations })
  }

  #saltOf(mechanism: ScramMechanism, name: string): Uint8Array {
    return saltOf(mechanism, this.#secret, countedName(name))
  }
}
