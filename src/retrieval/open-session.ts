// One session that reads an account: what it tells of itself is counted here, and fetched by devices.ts.

import { limits } from './limits.ts'
import type { Login, Protocol, RetrievalSession } from './retrieval.ts'

/** What a session hears of: that there is something to tell, and that it is over. */
export interface SessionKeeper {
  hasNews(session: OpenSession): void
  ended(session: OpenSession): void
}

interface Counts {
  readonly taken: number
  readonly removed: number
  readonly hidden: number
}

export class OpenSession implements RetrievalSession {
  readonly accountId: number
  readonly protocol: Protocol
  readonly address: string
  readonly network: string
  /** When the session began, milliseconds since 1970. */
  readonly startedAt: number
  readonly pin: () => void
  /** When it was last written among the devices (monotonic). */
  notedMs = 0
  readonly #keeper: SessionKeeper
  #client = ''
  #taken = 0
  #removed = 0
  #hidden = 0
  #isOver = false

  constructor(login: Login, at: { readonly network: string; readonly now: number }, keeper: SessionKeeper) {
    this.accountId = login.account.accountId
    this.protocol = login.protocol
    this.address = login.address
    this.pin = login.onPinned
    this.network = at.network
    this.startedAt = at.now
    this.#keeper = keeper
  }

  get client(): string {
    return this.#client
  }

  /** What was counted since the last call. */
  takeCounts(): Counts {
    const counts = { taken: this.#taken, removed: this.#removed, hidden: this.#hidden }
    this.#taken = 0
    this.#removed = 0
    this.#hidden = 0
    return counts
  }

  named(client: string): void {
    // A stranger's text, which will stand in a message and on a terminal.
    this.#client = client
      .toWellFormed()
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
      .slice(0, limits.clientLength)
    this.#keeper.hasNews(this)
  }

  took(messages: number): void {
    this.#taken += messages
    this.#tell(messages)
  }

  removed(messages: number): void {
    this.#removed += messages
    this.#tell(messages)
  }

  hid(messages: number): void {
    this.#hidden += messages
    this.#tell(messages)
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#keeper.ended(this)
  }

  #tell(messages: number): void {
    if (messages > 0) this.#keeper.hasNews(this)
  }
}
