// ENVELOPE and BODYSTRUCTURE as they were printed, so that the next client that asks needs neither the message nor the parser. One for all
// sessions of a process. A message never changes and its id is never given again, so nothing here grows old; what came first goes first.
// In memory alone: to write down what one reading of the message gives again would cost more than most mail is ever asked for.

import { printedBytes, printedBytesEach } from '#imap/limits.ts'

export type PrintedKind = 'envelope' | 'bodystructure'

/** Each with its name in front: `ENVELOPE (...)`. */
export type Printed = { readonly [kind in PrintedKind]: string | undefined }
type Kept = { readonly accountId: number } & { [kind in PrintedKind]: string | undefined }

export interface PrintedOf {
  readonly accountId: number
  readonly messageId: number
}

/** What a key and the objects of an entry take, roughly. */
const overheadBytes = 150

export class PrintedStructures {
  /** By message id. Two accounts may have given the same one: then there is room for one of them. */
  readonly #kept = new Map<number, Kept>()
  #bytes = 0

  /** What is known of the message; more may come to it. */
  find({ accountId, messageId }: PrintedOf): Printed | undefined {
    const kept = this.#kept.get(messageId)
    return kept?.accountId === accountId ? kept : undefined
  }

  /** `text` is latin1, and the same for every session that may ask. */
  keep({ accountId, messageId }: PrintedOf, kind: PrintedKind, text: string): void {
    const before = this.#kept.get(messageId)
    if (text.length > printedBytesEach || before?.[kind] !== undefined) return
    if (before !== undefined && before.accountId !== accountId) return
    const kept: Kept = before ?? { accountId, envelope: undefined, bodystructure: undefined }
    kept[kind] = text
    if (before === undefined) this.#kept.set(messageId, kept)
    this.#bytes += text.length + (before === undefined ? overheadBytes : 0)
    if (this.#bytes > printedBytes) this.#dropOldest()
  }

  #dropOldest(): void {
    for (const [oldest, printed] of this.#kept) {
      if (this.#bytes <= printedBytes) return
      this.#kept.delete(oldest)
      this.#bytes -= sizeOf(printed)
    }
  }
}

function sizeOf({ envelope = '', bodystructure = '' }: Printed): number {
  return envelope.length + bodystructure.length + overheadBytes
}
