// The annotations of a mailbox as one reader sees them (RFC 5464): those that are stored, and its use as one of them (RFC 6154 4).

import type { Account } from '#accounts/account.ts'
import type { Conversation } from '#imap/conversation.ts'
import type { Found } from '#imap/mailboxes.ts'
import { refusalByName } from '#imap/rights.ts'
import type { MetadataQuestion } from '#store/metadata.ts'
import { serverId } from '#store/metadata.ts'
import { specialUseEntry } from './special-use-entry.ts'

/** Values by entry, which is in lower case. */
export type Annotations = ReadonlyMap<string, Uint8Array>

/** RFC 5464 3.3. */
export function mayReadAnnotations(found: Found): boolean {
  return refusalByName('GETMETADATA', found) === undefined
}

/** All that the account may read of the mailbox; of the server if `found` is undefined. */
export async function annotationsOf(
  { needs }: Conversation,
  account: Account,
  found: Found | undefined,
): Promise<Annotations> {
  const place = { accountId: found?.accountId ?? account.accountId, mailboxId: found?.mailbox.mailboxId ?? serverId }
  const stored = await needs.store.metadata({ ...place, readerId: account.accountId })
  const annotations = new Map(stored.map(({ entry, value }) => [entry, value]))
  const use = found && useOf(account, found)
  if (use !== undefined) annotations.set(specialUseEntry, use)
  return annotations
}

function useOf({ accountId }: Account, { mailbox, accountId: ownerId }: Found): Uint8Array | undefined {
  return ownerId !== accountId || mailbox.specialUse === undefined ? undefined : Buffer.from(mailbox.specialUse)
}

/** The named annotations of any number of mailboxes, with one question for each owner. */
export class NamedAnnotations {
  readonly #conversation: Conversation
  readonly #account: Account
  readonly #entries: readonly string[]
  readonly #byOwner = new Map<number, Map<number, Map<string, Uint8Array>>>()

  constructor(conversation: Conversation, account: Account, entries: readonly string[]) {
    this.#conversation = conversation
    this.#account = account
    this.#entries = entries
  }

  /** Each entry with its value, in the order asked for. */
  async of(found: Found): Promise<readonly (readonly [entry: string, value: Uint8Array | undefined])[]> {
    const owned = this.#byOwner.get(found.accountId) ?? (await this.#read(found.accountId))
    const values = owned.get(found.mailbox.mailboxId)
    return this.#entries.map(entry => [
      entry,
      entry === specialUseEntry ? useOf(this.#account, found) : values?.get(entry),
    ])
  }

  async #read(accountId: number): Promise<Map<number, Map<string, Uint8Array>>> {
    const question: MetadataQuestion = { accountId, readerId: this.#account.accountId, entries: this.#entries }
    const owned = new Map<number, Map<string, Uint8Array>>()
    for (const { mailboxId, entry, value } of await this.#conversation.needs.store.metadataOfAll(question)) {
      const values = owned.get(mailboxId) ?? new Map<string, Uint8Array>()
      owned.set(mailboxId, values.set(entry, value))
    }
    this.#byOwner.set(accountId, owned)
    return owned
  }
}
