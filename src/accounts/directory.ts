// The directory: domains, accounts and aliases, in SQL. The verbs are functions over a transaction, one file for each kind of thing; this is their door.
// One Directory to a process: what it remembers is right as long as every change goes through it (the folder's lock sees to that).

import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import type { Account, AccountNames, AccountWatch, Resolution, Resolver } from './account.ts'
import * as accounts from './account-verbs.ts'
import { AccountWatches } from './account-watches.ts'
import { AddressCache } from './address-cache.ts'
import * as aliases from './alias-verbs.ts'
import { check, type DirectoryFinding } from './check.ts'
import * as domains from './domain-verbs.ts'
import * as forwards from './forward-verbs.ts'
import * as hiding from './hidden-verbs.ts'
import { limits } from './limits.ts'
import { migrations } from './migrations.ts'
import { foldDomain, foldLocalPart, readAddress } from './names.ts'
import type { Page } from './page.ts'
import { PasswordHasher } from './password-hasher.ts'
import type { ArgonParameters } from './phc.ts'
import { prepareNewPassword } from './prepare-password.ts'
import type { Outcome } from './refusal.ts'
import * as resolving from './resolve.ts'
import { ScramAccounts } from './scram-accounts.ts'
import { saltSecret } from './scram-verbs.ts'
import * as grants from './send-as-verbs.ts'

export interface DirectoryNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  /** What a password's hash costs; today's if undefined. */
  readonly passwordCost?: ArgonParameters
  /** Whether keys for SCRAM-SHA-1 are kept too. */
  readonly scramSha1?: boolean
}

export class Directory implements Resolver, AccountNames, AccountWatch {
  readonly hasher: PasswordHasher
  readonly scram: ScramAccounts
  readonly #database: Database
  readonly #clock: Clock
  readonly #cache = new AddressCache()
  /** By domain: those that are not ours. Submission asks for the same few again and again. */
  readonly #elsewhere = new AddressCache()
  readonly #watches = new AccountWatches()

  /** Brings the tables up to date first. */
  static async open(needs: DirectoryNeeds): Promise<Directory> {
    await migrate(needs.database, 'accounts', migrations)
    const fresh = needs.random.bytes(32)
    return new Directory(needs, await needs.database.write(tx => saltSecret(tx, fresh)))
  }

  private constructor(needs: DirectoryNeeds, secret: Uint8Array) {
    this.#database = needs.database
    this.#clock = needs.clock
    this.hasher = new PasswordHasher(needs.random, needs.passwordCost)
    const mechanisms =
      needs.scramSha1 === true ? (['SCRAM-SHA-256', 'SCRAM-SHA-1'] as const) : (['SCRAM-SHA-256'] as const)
    this.scram = new ScramAccounts({ database: needs.database, secret, mechanisms })
  }

  async resolve(localPart: string, domain: string | undefined): Promise<Resolution> {
    const local = foldLocalPart(localPart)
    if (domain === undefined) return local === 'postmaster' ? await this.#read(resolving.bare) : { kind: 'not-local' }
    const name = foldDomain(domain)
    if (name === undefined) return { kind: 'not-local' }
    if (local === undefined) return await this.#read(tx => resolving.unreadableName(tx, name))
    const key = `${local}@${name}`
    const known = this.#cache.get(key) ?? this.#elsewhere.get(name)
    if (known !== undefined) return known
    const generation = this.#cache.generation
    const resolution = await this.#read(tx => resolving.resolve(tx, local, name))
    // Only names that exist are remembered, else a dictionary attack would push them out.
    if (isWorthRemembering(resolution)) this.#cache.set(key, resolution, generation)
    else if (resolution.kind === 'not-local') this.#elsewhere.set(name, resolution, generation)
    return resolution
  }

  async maySendAs(account: Account, localPart: string, domain: string | undefined): Promise<boolean> {
    const owner = await this.resolve(localPart, domain)
    if (owner.kind === 'account' && owner.account.accountId === account.accountId) return true
    const name = domain === undefined ? undefined : foldDomain(domain)
    const local = foldLocalPart(localPart)
    if (name === undefined || local === undefined) return false
    if (owner.kind === 'forward') {
      const owners = await this.#read(tx => resolving.ownersOf(tx, local, name))
      if (owners.has(account.accountId)) return true
    }
    return await this.#read(tx => grants.covers(tx, account.accountId, { local, domain: name }))
  }

  // Domains

  async addDomain(name: string): Promise<Outcome<domains.Domain>> {
    return await this.#write(tx => domains.add(tx, { name, now: this.#clock.now() }))
  }

  async listDomains(after?: string): Promise<Page<domains.Domain>> {
    return await this.#read(tx => domains.list(tx, after))
  }

  /** Refused (`in-use`) while it has accounts. Its aliases go with it. */
  async removeDomain(name: string): Promise<Outcome<domains.Domain>> {
    return await this.#write(tx => domains.remove(tx, name))
  }

  // Accounts

  /** An id never given before, for an account to be made: what hangs on it can be made first. */
  async reserveAccountId(): Promise<number> {
    return await this.#database.write(accounts.reserveId)
  }

  /** Says no as `addAccount` would, before anything is done for it. */
  async canAddAccount(address: string, password: string): Promise<Outcome<undefined>> {
    if (prepareNewPassword(password) === undefined) return { kind: 'bad-password', subject: address }
    return await this.#read(tx => accounts.canAdd(tx, address))
  }

  async addAccount(request: {
    readonly accountId: number
    readonly address: string
    readonly password: string
  }): Promise<Outcome<Account>> {
    const { accountId, address } = request
    const password = prepareNewPassword(request.password)
    if (password === undefined) return { kind: 'bad-password', subject: address }
    const passwordHash = await this.hasher.hash(password)
    const scramKeys = await this.scram.derive(address, password)
    const account = { accountId, address, passwordHash, scramKeys, now: this.#clock.now() }
    return await this.#write(tx => accounts.add(tx, account))
  }

  /** In the order of domain and name. */
  async listAccounts(range: { readonly domain?: string; readonly after?: string } = {}): Promise<Page<Account>> {
    return await this.#read(tx => accounts.list(tx, range))
  }

  /** By the account's own address, in any case; an alias is no account. */
  async account(address: string): Promise<Outcome<Account>> {
    return await this.#read(tx => accounts.show(tx, address))
  }

  async named(address: string): Promise<Account | undefined> {
    const found = await this.account(address)
    return found.kind === 'done' ? found.value : undefined
  }

  async byId(accountIds: readonly number[]): Promise<ReadonlyMap<number, Account>> {
    return await this.#read(tx => accounts.byId(tx, accountIds))
  }

  async setPassword(address: string, newPassword: string): Promise<Outcome<Account>> {
    const password = prepareNewPassword(newPassword)
    if (password === undefined) return { kind: 'bad-password', subject: address }
    const found = await this.account(address)
    if (found.kind !== 'done') return found
    const passwordHash = await this.hasher.hash(password)
    const scramKeys = await this.scram.derive(found.value.address, password)
    return await this.#write(tx => accounts.setPassword(tx, address, { passwordHash, scramKeys }))
  }

  /** Ends the account's open sessions too. */
  async setDisabled(address: string, disabled: boolean): Promise<Outcome<Account>> {
    const outcome = await this.#write(tx => accounts.setDisabled(tx, address, disabled))
    if (disabled) this.#tellGone(outcome)
    return outcome
  }

  /** With its aliases. Its mail is the store's to remove. Ends its open sessions too. */
  async removeAccount(address: string): Promise<Outcome<Account>> {
    const outcome = await this.#write(tx => accounts.remove(tx, address))
    this.#tellGone(outcome)
    return outcome
  }

  async watch(accountId: number, onGone: () => void): Promise<Disposable> {
    using watching = new DisposableStack()
    // Watch first, look afterwards: nothing falls between, not even since the login.
    watching.use(this.#watches.add(accountId, onGone))
    if (!(await this.#read(tx => accounts.isInUse(tx, accountId)))) onGone()
    return watching.move()
  }

  // Aliases

  /** `alias` is a full address, or `@domain` for all that has no other owner there; targets are addresses of any server. */
  async addAlias(alias: string, ...targets: readonly string[]): Promise<Outcome<aliases.Alias>> {
    return await this.#write(tx => aliases.add(tx, alias, targets))
  }

  async listAliases(range: { readonly domain?: string; readonly after?: string } = {}): Promise<Page<aliases.Alias>> {
    return await this.#read(tx => aliases.list(tx, range))
  }

  async aliasesOf(accountId: number): Promise<readonly string[]> {
    return await this.#read(tx => aliases.ofAccount(tx, accountId))
  }

  async removeAlias(alias: string): Promise<Outcome<aliases.Alias>> {
    return await this.#write(tx => aliases.remove(tx, alias))
  }

  // Where the mail of accounts goes on to

  /** In the place of what was so before; without targets nothing goes on any more. */
  async setForward(
    address: string,
    forward: { readonly targets: readonly string[]; readonly keepsCopy: boolean },
  ): Promise<Outcome<forwards.Forward>> {
    return await this.#write(tx => forwards.setForward(tx, address, forward))
  }

  async forwardOf(address: string): Promise<Outcome<forwards.Forward>> {
    return await this.#read(tx => forwards.forwardOf(tx, address))
  }

  // Grants to send as others

  /** `address` is a full address, or `@domain` for all of it; the domain need not be ours. */
  async grantSendAs(account: string, address: string): Promise<Outcome<grants.SendAs>> {
    return await this.#write(tx => grants.grant(tx, account, address))
  }

  async revokeSendAs(account: string, address: string): Promise<Outcome<grants.SendAs>> {
    return await this.#write(tx => grants.revoke(tx, account, address))
  }

  async sendAsOf(accountId: number): Promise<readonly string[]> {
    return await this.#read(tx => grants.ofAccount(tx, accountId))
  }

  // What mail programs are not told

  /** In the place of the capabilities that were hidden from the account before; from the next login on. */
  async setHidden(address: string, capabilities: readonly string[]): Promise<Outcome<hiding.Hidden>> {
    return await this.#write(tx => hiding.setHidden(tx, address, capabilities))
  }

  /** In upper case. */
  async hiddenOf(accountId: number): Promise<readonly string[]> {
    return await this.#read(tx => hiding.hiddenOf(tx, accountId))
  }

  // For the authenticator

  /** The account and its password's hash, by full address in any case. */
  async credentials(user: string): Promise<accounts.Credentials | undefined> {
    const name = readAddress(user)
    return name && (await this.#read(tx => accounts.credentials(tx, name)))
  }

  /** Puts a stronger hash of the same password in the place of `oldHash`, if that still stands. */
  async replaceHash(accountId: number, oldHash: string, newHash: string): Promise<void> {
    await this.#database.write(tx => accounts.replaceHash(tx, { accountId, oldHash, newHash }))
  }

  /** What in the tables does not fit together; empty when all is well. */
  async check(): Promise<readonly DirectoryFinding[]> {
    return await this.#read(check)
  }

  #tellGone(outcome: Outcome<Account>): void {
    if (outcome.kind === 'done') this.#watches.tell(outcome.value.accountId)
  }

  async #read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.#database.read(work)
  }

  async #write<T>(work: (tx: Tx) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await this.#database.write(work)
    if (outcome.kind !== 'done') return outcome
    this.#cache.clear()
    this.#elsewhere.clear()
    return outcome
  }
}

/** Only names that exist, and few targets of each: the cache is counted by names. */
function isWorthRemembering(resolution: Resolution): boolean {
  if (resolution.kind === 'account') return true
  if (resolution.kind !== 'forward') return false
  return resolution.mailboxes.length + resolution.elsewhere.length <= limits.rememberedTargets
}
