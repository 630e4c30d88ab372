// What an operator can do with the outbound queue, as a part of the administration: plain data in and out. All verbs but `showQueued` take the same filter.

import type { Outcome } from '#accounts/refusal.ts'
import type { Page, PageRequest } from './page.ts'

/** Which recipients of which messages: all that are given must fit. */
export interface QueueFilter {
  readonly messageId?: string
  /** The envelope's; '' for the null path. */
  readonly sender?: string
  readonly recipient?: string
  /** Of the recipient. */
  readonly domain?: string
  /** `scheduled`, `ready`, `active`, `deferred`, `held`, ... */
  readonly state?: string
  /** Where it goes next, as the list shows it. */
  readonly hop?: string
  /** The address of the account that sent it. */
  readonly account?: string
  /** Why it was not delivered so far: a class of mail/outcome.ts. */
  readonly class?: string
  /** Taken longer ago. */
  readonly olderThanMs?: number
}

export interface QueuedRecipientInfo {
  readonly address: string
  readonly state: string
  readonly hop: string
  readonly tries: number
  /** Milliseconds since 1970; null: nobody waits for a time (it is held, or under way). */
  readonly nextAt: number | null
  /** Why the last try brought nothing: the class, the enhanced code, what was said. Null: there was none. */
  readonly class: string | null
  readonly status: string | null
  readonly reply: string | null
  /** Why somebody has to release it first; null: it goes by itself. */
  readonly heldFor: string | null
}

export interface QueuedInfo {
  readonly messageId: string
  /** `submission`, `forward`, `report`, `return`. */
  readonly origin: string
  /** '' for the null path. */
  readonly sender: string
  /** Those that the filter is for; the first `limits.shownRecipients`. */
  readonly recipients: readonly QueuedRecipientInfo[]
  readonly recipientCount: number
  readonly sizeBytes: number
  /** Milliseconds since 1970, all of them. */
  readonly arrivedAt: number
  readonly releaseAt: number
  /** The earliest of its recipients; null: none of them waits for a time. */
  readonly nextAt: number | null
}

export interface QueuedDetails extends QueuedInfo {
  /** MAIL FROM towards other hosts; '' for the null path. */
  readonly returnPath: string
  readonly expiresAt: number
  /** The oldest first. */
  readonly tries: readonly TryInfo[]
  readonly header: string
}

/** One try over one connection. */
export interface TryInfo {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly tookMs: number
  readonly host: string
  /** Null: it never came to a connection. */
  readonly address: string | null
  /** Null: in the clear. */
  readonly tls: string | null
  /** Lines that end in LF. */
  readonly transcript: string
}

export type QueueAction = 'retry' | 'hold' | 'release' | 'drop' | 'bounce'

export interface ActionRequest extends QueueFilter {
  readonly action: QueueAction
  /** The filter may be empty: the whole queue is meant. */
  readonly all: boolean
  /** For `hold` and `bounce`: what is shown, or told the sender. */
  readonly reason?: string
}

/** What an action was done to. */
export interface ActionInfo {
  readonly messages: number
  readonly recipients: number
}

export interface QueueStatsInfo {
  readonly messages: number
  readonly recipients: number
  /** Milliseconds since 1970; null: the queue is empty. */
  readonly oldestAt: number | null
  readonly states: readonly { readonly state: string; readonly recipients: number }[]
  /** The largest first, as the next. */
  readonly hops: readonly { readonly hop: string; readonly recipients: number }[]
  /** `account`: its address; null: the server itself, or an account that is gone. */
  readonly accounts: readonly { readonly account: string | null; readonly recipients: number }[]
}

export interface QueueAdministration {
  /** In the order in which they were taken. */
  listQueue(request: PageRequest & QueueFilter): Promise<Outcome<Page<QueuedInfo>>>
  /** Null: there is no such message (any more). */
  showQueued(request: { readonly messageId: string }): Promise<Outcome<QueuedDetails | null>>
  /** Refused (`bad-filter`) when the filter is empty and not `all`. */
  actOnQueue(request: ActionRequest): Promise<Outcome<ActionInfo>>
  queueStats(request: Record<string, never>): Promise<Outcome<QueueStatsInfo>>
}
