// Passwords that were right a moment ago, as keyed digests: a mail client opens a handful of connections at once, and argon2id is made to be dear.
// Those that come while the first is still being checked wait for its outcome.
// A digest names the stored hash too, so that a changed password is forgotten at once. The key never leaves this process.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#io/clock.ts'
import type { Random } from '#io/random.ts'
import type { Credentials } from './account-verbs.ts'
import { limits } from './limits.ts'
import type { Verified } from './password-hasher.ts'

interface Remembered {
  readonly digest: Uint8Array
  readonly untilMs: number
}

export class RecentLogins {
  readonly #key: Uint8Array
  readonly #clock: Clock
  readonly #byAccount = new Map<number, Remembered>()
  /** By account and digest. */
  readonly #underWay = new Map<string, Promise<Verified>>()

  constructor(random: Random, clock: Clock) {
    this.#key = random.bytes(32)
    this.#clock = clock
  }

  knows(found: Credentials, password: string): boolean {
    const known = this.#byAccount.get(found.account.accountId)
    if (known === undefined) return false
    if (known.untilMs <= this.#clock.monotonicMs()) {
      this.#byAccount.delete(found.account.accountId)
      return false
    }
    return timingSafeEqual(known.digest, this.#digest(found, password))
  }

  /** The outcome of `verify`, or of the one that is under way already for the same. */
  async verified(found: Credentials, password: string, verify: () => Promise<Verified>): Promise<Verified> {
    const key = `${found.account.accountId} ${this.#digest(found, password).toString('base64')}`
    const known = this.#underWay.get(key)
    if (known !== undefined) return await known
    const verifying = verify().finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, verifying)
    return await verifying
  }

  remember(found: Credentials, password: string): void {
    const { accountId } = found.account
    this.#byAccount.delete(accountId)
    if (this.#byAccount.size >= limits.rememberedLogins) {
      const oldest = this.#byAccount.keys().next()
      if (!oldest.done) this.#byAccount.delete(oldest.value)
    }
    const untilMs = this.#clock.monotonicMs() + limits.rememberedLoginMs
    this.#byAccount.set(accountId, { digest: this.#digest(found, password), untilMs })
  }

  #digest(found: Credentials, password: string): Buffer {
    return createHmac('sha256', this.#key).update(found.passwordHash).update('\0').update(password).digest()
  }
}
