// One session with a host, as couriers hand it to each other: how much it has done, and that its host is alive as long as it stands.

import type { DeadHosts } from './dead-hosts.ts'
import { limits } from './limits.ts'
import type { Mail } from './mail.ts'
import type { Pooled } from './pool.ts'
import type { Delivery, PeerSession } from './session.ts'

export interface ConnectionNeeds {
  readonly session: PeerSession
  readonly clock: { monotonicMs(): number }
  readonly dead: DeadHosts
  readonly deadKey: string
  /** What the next that wants this host, from this source, with this demand, looks for. */
  readonly poolKey: string
  readonly mostMails: number
}

export class Connection implements Pooled {
  readonly poolKey: string
  readonly #needs: ConnectionNeeds
  readonly #openedMs: number

  constructor(needs: ConnectionNeeds) {
    this.#needs = needs
    this.poolKey = needs.poolKey
    this.#openedMs = needs.clock.monotonicMs()
    needs.dead.opened(needs.deadKey)
  }

  get host(): string {
    return this.#needs.session.plan.host
  }

  /** A message went over it before: the peer may have lost its patience meanwhile. */
  get isUsed(): boolean {
    return this.#needs.session.mails > 0
  }

  get offersRequireTls(): boolean {
    return this.#needs.session.capabilities.requireTls
  }

  get isUsable(): boolean {
    const { session, clock, mostMails } = this.#needs
    const ageMs = clock.monotonicMs() - this.#openedMs
    return session.isUsable && session.mails < mostMails && ageMs < limits.connectionLifeMs
  }

  get isGone(): boolean {
    return this.#needs.session.isGone
  }

  deliver(mail: Mail): Promise<Delivery> {
    return this.#needs.session.deliver(mail)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#needs.dead.closed(this.#needs.deadKey)
    await this.#needs.session[Symbol.asyncDispose]()
  }
}
