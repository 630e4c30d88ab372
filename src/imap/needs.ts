// What the IMAP server needs of the house.

import type { AccountNames, AccountWatch, Authenticator } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Retrieval } from '#retrieval/retrieval.ts'
import type { Store } from '#store/store.ts'
import type { MessageLimit } from '#wire/imap/capabilities.ts'
import type { HiddenCapabilities } from './hidden.ts'

export interface ImapNeeds {
  readonly store: Store
  readonly authenticator: Authenticator
  readonly accounts: AccountWatch & AccountNames
  readonly log: Log
  readonly clock: Clock
  /** Our own name: stands in the greeting. */
  readonly hostname: string
  /** Whom it lets in; unless told, everybody. */
  readonly retrieval?: Retrieval
  /** The largest message APPEND takes; `limits.messageBytes` unless told. */
  readonly maxMessageBytes?: number
  /** How many messages one command may work on; unless told, any number. */
  readonly messageLimit?: MessageLimit | undefined
  /** Capabilities that are hidden from some; unless told, from nobody. */
  readonly hidden?: HiddenCapabilities
}
