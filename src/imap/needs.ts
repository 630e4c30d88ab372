// What the IMAP server needs of the house.

import type { AccountWatch, Authenticator } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Store } from '#store/store.ts'

export interface ImapNeeds {
  readonly store: Store
  readonly authenticator: Authenticator
  readonly accounts: AccountWatch
  readonly log: Log
  readonly clock: Clock
  /** Our own name: stands in the greeting. */
  readonly hostname: string
  /** The largest message APPEND takes; `limits.messageBytes` unless told. */
  readonly maxMessageBytes?: number
}
