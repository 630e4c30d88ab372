// All names that one account's LIST can speak of: mailboxes, subscribed names without one, and levels above them that nobody made.

import type { Account } from '#accounts/account.ts'
import type { Conversation } from '#imap/conversation.ts'
import { type Found, listMailboxes } from '#imap/mailboxes.ts'
import { parentsOf } from '#imap/name-pattern.ts'
import type { Dialect } from '#wire/imap/dialect.ts'

/** Which attributes are told besides those of the name itself and its use. */
export interface AttributeChoice {
  /** `\HasChildren` and `\HasNoChildren`. */
  readonly children: boolean
  readonly subscribed: boolean
  /** The word for a name without a mailbox: `\Noselect` for who knows RFC 3501 only. */
  readonly missing: '\\Noselect' | '\\NonExistent'
}

export class NameTree {
  /** By the name that this client calls it. */
  readonly mailboxes: ReadonlyMap<string, Found>
  readonly subscribed: ReadonlySet<string>
  readonly #accountId: number
  /** Names with a mailbox below them. */
  readonly #parents = new Set<string>()

  constructor(accountId: number, mailboxes: readonly Found[], subscribed: readonly string[]) {
    this.#accountId = accountId
    this.mailboxes = new Map(mailboxes.map(found => [found.name, found]))
    this.subscribed = new Set(subscribed)
    for (const { name } of mailboxes) for (const parent of parentsOf(name)) this.#parents.add(parent)
  }

  /** Levels above mailboxes that are none themselves. */
  missingParents(): readonly string[] {
    return [...this.#parents].filter(name => !this.mailboxes.has(name))
  }

  attributes(name: string, { children, subscribed, missing }: AttributeChoice): readonly string[] {
    const found = this.mailboxes.get(name)
    const attributes: string[] = []
    if (found === undefined) attributes.push(missing)
    // RFC 4314 4: who may not read it can't select it.
    else if (!found.rights.includes('r')) attributes.push('\\Noselect')
    if (children || (found === undefined && this.#parents.has(name)))
      attributes.push(this.#parents.has(name) ? '\\HasChildren' : '\\HasNoChildren')
    if (subscribed && this.subscribed.has(name)) attributes.push('\\Subscribed')
    const use = this.#useOf(name)
    if (use !== undefined) attributes.push(use)
    return attributes
  }

  hasUse(name: string): boolean {
    return this.#useOf(name) !== undefined
  }

  /** RFC 6154 2: what the owner uses a mailbox for is nothing to others. */
  #useOf(name: string): string | undefined {
    const found = this.mailboxes.get(name)
    return found?.accountId === this.#accountId ? found.mailbox.specialUse : undefined
  }
}

export async function readNameTree(conversation: Conversation, account: Account): Promise<NameTree> {
  const mailboxes = await listMailboxes(conversation, account)
  const subscribed = await conversation.needs.store.subscriptions(account.accountId)
  return new NameTree(account.accountId, mailboxes, subscribed)
}

/** RFC 5258 3: \NonExistent is for clients that have shown that they know it, by an extended command or as rev2. */
export function missingWord({ rev2 }: Dialect, isExtended: boolean): AttributeChoice['missing'] {
  return rev2 || isExtended ? '\\NonExistent' : '\\Noselect'
}

/** INBOX first. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  if (a.name === 'INBOX' || b.name === 'INBOX') return a.name === b.name ? 0 : a.name === 'INBOX' ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
