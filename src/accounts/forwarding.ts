// Where mail goes that does not end at the address it was sent to: the ways through aliases and forwards, each address once, so that no circle
// of them runs for ever. A forward that leads back to its own account, or nowhere any more, ends in that account's mailbox: nothing is lost by it.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Account, Forwarder, Forwarding, ForwardTarget, MailboxTarget } from './account.ts'
import { exists } from './domain-verbs.ts'
import { limits } from './limits.ts'
import { type Found, lookUp } from './look-up.ts'

/** `found` is what the address (`name`, folded) led to. */
export async function followed(tx: Tx, found: Found, name: string): Promise<Forwarding> {
  const ways = new Ways(tx)
  await ways.begin(found, name)
  return ways.result()
}

interface Target {
  readonly domain: string
  readonly local: string
  readonly shown: string
  readonly by: Forwarder
  /** Of the address before it. */
  readonly detail: string | undefined
}

class Ways {
  readonly #tx: Tx
  readonly #seen = new Set<string>()
  readonly #forwarding = new Set<number>()
  readonly #mailboxes = new Map<string, MailboxTarget>()
  readonly #elsewhere = new Map<string, ForwardTarget>()
  readonly #ours = new Map<string, boolean>()
  #isCut = false

  constructor(tx: Tx) {
    this.#tx = tx
  }

  result(): Forwarding {
    return {
      kind: 'forward',
      mailboxes: [...this.#mailboxes.values()],
      elsewhere: [...this.#elsewhere.values()],
      isCut: this.#isCut,
    }
  }

  async begin(found: Found, name: string): Promise<void> {
    this.#seen.add(name)
    const open = [...(await this.#onwards(found))]
    // Grows while it is gone through: each address leads to its own targets, once.
    for (const [count, target] of open.entries()) {
      if (count >= limits.forwardSteps) {
        this.#isCut = true
        break
      }
      const key = `${target.local}@${target.domain}`
      if (this.#seen.has(key)) await this.#back(target)
      else open.push(...(await this.#step(target)))
      this.#seen.add(key)
    }
    const isNowhere = this.#mailboxes.size === 0 && this.#elsewhere.size === 0
    if (isNowhere && found.kind === 'account') this.#intoMailbox(found.account, found.detail)
  }

  /** What an address of ours leads to; nothing of one elsewhere. */
  async #step(target: Target): Promise<readonly Target[]> {
    const { local, domain, shown, by } = target
    if (!(await this.#isOurs(domain))) {
      const key = `${local}@${domain}`
      if (!this.#elsewhere.has(key)) this.#elsewhere.set(key, { address: shown, forwarder: by })
      return []
    }
    const found = await lookUp(this.#tx, local, domain)
    return found === undefined ? [] : await this.#onwards({ ...found, detail: found.detail ?? target.detail })
  }

  async #onwards(found: Found): Promise<readonly Target[]> {
    if (found.kind === 'alias') return await this.#ofAlias(found)
    const { account, detail, forwards } = found
    if (account.disabled) return []
    const isBack = this.#forwarding.has(account.accountId)
    if (forwards !== 'no-copy' || isBack) this.#intoMailbox(account, detail)
    if (forwards === 'none' || isBack) return []
    this.#forwarding.add(account.accountId)
    return await this.#ofAccount(account, detail)
  }

  #intoMailbox(account: Account, detail: string | undefined): void {
    this.#mailboxes.set(`${account.accountId} ${detail ?? ''}`, { account, detail })
  }

  /** To an address that was seen: of an account that forwards, it is led back to. */
  async #back({ local, domain, detail }: Target): Promise<void> {
    const found = (await this.#isOurs(domain)) ? await lookUp(this.#tx, local, domain) : undefined
    if (found?.kind !== 'account' || found.account.disabled) return
    if (this.#forwarding.has(found.account.accountId)) this.#intoMailbox(found.account, found.detail ?? detail)
  }

  async #ofAlias(alias: Found & { readonly kind: 'alias' }): Promise<readonly Target[]> {
    const rows = await this.#tx.all<[string, string, string]>(sql`
      SELECT target_domain, target_local_part, shown FROM alias_target
      WHERE domain = ${alias.domain} AND local_part = ${alias.local} ORDER BY target_domain, target_local_part`)
    const by = { address: alias.shown, domain: alias.domain, account: undefined }
    return rows.map(([domain, local, shown]) => ({ domain, local, shown, by, detail: alias.detail }))
  }

  async #ofAccount(account: Account, detail: string | undefined): Promise<readonly Target[]> {
    const rows = await this.#tx.all<[string, string, string]>(sql`
      SELECT domain, local_part, shown FROM account_forward
      WHERE account_id = ${account.accountId} ORDER BY domain, local_part`)
    const own = await this.#tx.get<[string]>(sql`
      SELECT domain FROM address WHERE account_id = ${account.accountId} AND is_alias = 0`)
    const by = { address: account.address, domain: own?.[0] ?? '', account }
    return rows.map(([domain, local, shown]) => ({ domain, local, shown, by, detail }))
  }

  async #isOurs(domain: string): Promise<boolean> {
    const known = this.#ours.get(domain)
    if (known !== undefined) return known
    const isOurs = await exists(this.#tx, domain)
    this.#ours.set(domain, isOurs)
    return isOurs
  }
}
