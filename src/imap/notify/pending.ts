// What a client waits to be told of mailboxes that it has not selected: each thing once, however often it happened; and not without limit.

import { noticesMax } from '#imap/limits.ts'

export interface PendingMailbox {
  readonly accountId: number
  readonly mailboxId: number
  /** What STATUS is to tell: of new and expunged messages, of flags and UIDVALIDITY, or of both. */
  messages: boolean
  flags: boolean
}

/** A name that came, went, or has a new `\HasChildren`. */
export interface PendingName {
  /** What it was called before. */
  readonly oldName?: string
  /** A mailbox of another that may not be seen any more. */
  readonly isLost?: boolean
  /** Above a mailbox of another: only told if there is something to see of it. */
  readonly isAbove?: boolean
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
  readonly names = new Map<string, PendingName>()
  readonly subscriptions = new Set<string>()
  readonly metadata = new Map<string, PendingMetadata>()

  get isEmpty(): boolean {
    return this.#size === 0
  }

  get isFull(): boolean {
    return this.#size > noticesMax
  }

  addMessages({ accountId, mailboxId }: Place, kind: 'messages' | 'flags'): void {
    const key = keyOf({ accountId, mailboxId })
    const pending = this.mailboxes.get(key) ?? { accountId, mailboxId, messages: false, flags: false }
    pending[kind] = true
    this.mailboxes.set(key, pending)
  }

  addName(name: string, more: PendingName = {}): void {
    const before = this.names.get(name)
    const isAbove = more.isAbove === true && before?.isAbove !== false
    this.names.set(name, { ...before, ...more, isAbove })
  }

  /** What is renamed twice was called last what the client knows. */
  addRename(oldName: string, name: string): void {
    const first = this.names.get(oldName)?.oldName
    if (first !== undefined) this.names.delete(oldName)
    this.addName(name, { oldName: first ?? oldName })
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

interface Place {
  readonly accountId: number
  readonly mailboxId: number
}

export function keyOf({ accountId, mailboxId }: Place): string {
  return `${accountId}/${mailboxId}`
}
