// The guard as the server and its administration have it.

import type { Device } from './device-row.ts'
import type { AccountSettings, Decision } from './policy.ts'
import type { Pinning, Reader, Retrieval } from './retrieval.ts'

/** All about who reads an account with what. */
export interface RetrievalState extends Decision {
  readonly settings: AccountSettings
  readonly retrieval: Pinning
  /** A tag: that of the account, or of the configuration. */
  readonly language: string
  /** When IMAP was last used, milliseconds since 1970. */
  readonly otherAt: number | undefined
  /** The latest first. */
  readonly devices: readonly Device[]
}

export interface RetrievalDesk extends Retrieval, AsyncDisposable {
  state(account: Reader): Promise<RetrievalState>
  /** What the edit does not name stays. Sessions that are not let in any more end. */
  set(accountId: number, edit: Partial<Omit<AccountSettings, 'noticedAt'>>): Promise<void>
  /** Of an account that is removed. */
  forget(accountId: number): Promise<void>
  /** Writes what is noted, and tells whom it is due. It is done in the background, too. */
  write(): Promise<void>
}
