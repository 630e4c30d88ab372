// What a client waits to be told of mailboxes that it has not selected: each thing once, however often it happened; and not without limit.

import { noticesMax } from '#imap/limits.ts'

export interface PendingMailbox {
  readonly accountId: number
  readonly mailboxId: number
  /** As the client calls it. */
  readonly name: string
  /** What STATUS is to tell: of new and expunged messages, of flags, or of both. */
  messages: boolean
  flags: boolean
}

export interface PendingMetadata {
  /** '' for the server. */
  readonly name: string
  readonly accountId: number
  readonly mailboxId: number
  readonly entries: Set<string>
}

export class Pending {
  readonly mailboxes = new Map<string, PendingMailbox>()
  /** Names that came, went or have a new `\HasChildren`, and what they were called before. */
  readonly names = new Map<string, string | undefined>()
  readonly subscriptions = new Set<string>()
  readonly metadata = new Map<string, PendingMetadata>()

  get isEmpty(): boolean {
    return this.#size === 0
  }

  get isFull(): boolean {
    return this.#size > noticesMax
  }

  addMessages(mailbox: Omit<PendingMailbox, 'messages' | 'flags'>, kind: 'messages' | 'flags'): void {
    const key = keyOf(mailbox)
    const pending = this.mailboxes.get(key) ?? { ...mailbox, messages: false, flags: false }
    pending[kind] = true
    this.mailboxes.set(key, pending)
  }

  addMetadata(place: Omit<PendingMetadata, 'entries'>, entries: readonly string[]): void {
    const key = keyOf(place)
    const pending = this.metadata.get(key) ?? { ...place, entries: new Set<string>() }
    for (const entry of entries) pending.entries.add(entry)
    this.metadata.set(key, pending)
  }

  get #size(): number {
    let size = this.mailboxes.size + this.names.size + this.subscriptions.size
    for (const { entries } of this.metadata.values()) size += entries.size
    return size
  }
}

export function keyOf({ accountId, mailboxId }: { readonly accountId: number; readonly mailboxId: number }): string {
  return `${accountId}/${mailboxId}`
}
