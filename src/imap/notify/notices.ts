// The watch that one session keeps on mailboxes it has not selected (RFC 5465; unsolicited METADATA, RFC 5464 4.4): takes what it
// was asked for from the change feed, and rings. Telling is tell-changes.ts's.

import { specialUseEntry } from '#imap/metadata/special-use-entry.ts'
import type { Change } from '#store/change.ts'
import { delimiter, type Mailbox } from '#store/mailbox.ts'
import { parentsOf } from '#store/names.ts'
import type { Store } from '#store/store.ts'
import { keyOf, Pending } from './pending.ts'
import type { EventName, Named, NotifyPlan } from './plan.ts'

/** A mailbox that the account may know of. */
export interface Known {
  readonly accountId: number
  readonly mailbox: Mailbox
  /** As this client calls it. */
  readonly name: string
}

export interface NoticesOptions {
  readonly store: Pick<Store, 'subscribe'>
  /** Whose session it is. */
  readonly accountId: number
  /** Wakes the session: there is something to tell. */
  readonly ring: () => void
}

export class Notices implements Disposable {
  readonly #options: NoticesOptions
  /** Undefined before the first NOTIFY: then only unsolicited METADATA is told, to who has enabled it. */
  plan: NotifyPlan | undefined
  /** ENABLE METADATA: changes of annotations are told whatever NOTIFY says (RFC 5464 4.1). */
  metadata = false
  /** More happened than can be remembered: the watch has ended (RFC 5465 5.8). */
  isOverflown = false
  #pending = new Pending()
  readonly #feeds = new Map<number, Disposable>()
  readonly #names = new Map<string, string>()
  /** What stands before the names of an owner's mailboxes: '' for one's own. */
  readonly #prefixes = new Map<number, string>()
  #subscribed = new Set<string>()
  /** Names of others' mailboxes that this client was told, or could see. Of others their owner's other mailboxes are no business of it. */
  readonly #shown = new Set<string>()

  constructor(options: NoticesOptions) {
    this.#options = options
    this.#follow(options.accountId)
  }

  /** A new plan, with all mailboxes there are and what is subscribed. What waited to be told by the old one is dropped. */
  watch(plan: NotifyPlan, mailboxes: readonly Known[], subscribed: readonly string[]): void {
    this.stop(plan)
    this.learn(mailboxes, subscribed)
  }

  /** As after NOTIFY NONE. */
  stop(plan: NotifyPlan): void {
    this.plan = plan
    this.#pending = new Pending()
    this.isOverflown = false
  }

  /** What there is now: at first, and whenever rights have changed. */
  learn(mailboxes: readonly Known[], subscribed: readonly string[]): void {
    this.#names.clear()
    this.#prefixes.clear()
    this.#shown.clear()
    this.#subscribed = new Set(subscribed)
    for (const { accountId, mailbox, name } of mailboxes) {
      this.#names.set(keyOf({ accountId, mailboxId: mailbox.mailboxId }), name)
      this.#prefixes.set(accountId, name.slice(0, name.length - mailbox.name.length))
      this.#shown.add(name)
    }
    const owners = new Set([this.#options.accountId, ...this.#prefixes.keys()])
    for (const [owner, feed] of this.#feeds) if (!owners.has(owner)) this.#leave(owner, feed)
    for (const owner of owners) if (!this.#feeds.has(owner)) this.#follow(owner)
  }

  get hasSomething(): boolean {
    return !this.#pending.isEmpty || this.isOverflown
  }

  /** What waits to be told: it waits no longer. */
  take(): Pending {
    const pending = this.#pending
    this.#pending = new Pending()
    return pending
  }

  /** Whether the client may be told of `name` among others' mailboxes, which it can see now if `isVisible`: what it has never seen stays unsaid. */
  mayTell(name: string, isVisible: boolean): boolean {
    if (!isVisible) return this.#shown.delete(name)
    this.#shown.add(name)
    return true
  }

  /** Names that this client itself has made, renamed or removed: nobody needs to tell it (RFC 5465 5). */
  forgetName(name: string): void {
    for (const one of [name, ...parentsOf(name)]) this.#pending.names.delete(one)
  }

  forgetSubscription(name: string): void {
    this.#pending.subscriptions.delete(name)
  }

  forgetMetadata(place: { readonly accountId: number; readonly mailboxId: number }): void {
    this.#pending.metadata.delete(keyOf(place))
  }

  [Symbol.dispose](): void {
    for (const [owner, feed] of this.#feeds) this.#leave(owner, feed)
  }

  #follow(owner: number): void {
    this.#feeds.set(
      owner,
      this.#options.store.subscribe(owner, change => this.#hear(change)),
    )
  }

  #leave(owner: number, feed: Disposable): void {
    feed[Symbol.dispose]()
    this.#feeds.delete(owner)
  }

  #hear(change: Change): void {
    this.#note(change)
    if (this.#pending.isFull) {
      this.#pending = new Pending()
      // Without a NOTIFY there is none to end.
      this.isOverflown = this.plan !== undefined
    }
    if (this.hasSomething) this.#options.ring()
  }

  #note(change: Change): void {
    switch (change.kind) {
      case 'added':
      case 'expunged':
        this.#noteMessages(change, 'messages')
        break
      case 'flags':
        this.#noteMessages(change, 'flags')
        break
      case 'seen':
        if (change.readerId === this.#options.accountId) this.#noteMessages(change, 'flags')
        break
      case 'mailbox-made':
      case 'mailbox-gone':
        this.#noteName(change)
        break
      case 'mailbox-changed':
        if (change.changed === 'name') this.#noteRename(change)
        else this.#noteUse(change)
        break
      case 'subscription':
        this.#noteSubscription(change)
        break
      case 'metadata':
        this.#noteMetadata(
          change,
          change.entries.filter(entry => this.#concerns(change, entry)),
        )
        break
      case 'rights':
        this.#noteRights(change)
        break
    }
  }

  #noteMessages(change: MailboxPlace, kind: 'messages' | 'flags'): void {
    const { accountId, mailboxId } = change
    const name = this.#names.get(keyOf(change))
    if (name === undefined) return
    if (this.#wants(kind === 'messages' ? 'MessageNew' : 'FlagChange', name, accountId))
      this.#pending.addMessages({ accountId, mailboxId, name }, kind)
  }

  #noteName(change: Extract<Change, { readonly kind: 'mailbox-made' | 'mailbox-gone' }>): void {
    const name = this.#nameOf(change)
    if (name === undefined) return
    if (change.kind === 'mailbox-made') this.#names.set(keyOf(change), name)
    else this.#names.delete(keyOf(change))
    // RFC 5465 5.4: the parent has its first child now, or its last one no more.
    const parent = parentsOf(name).at(-1)
    // Above all of another's mailboxes nothing changes, and that one came or went is not told there either.
    const isOwner = parent !== undefined && this.#prefixes.get(change.accountId) === parent + delimiter
    for (const affected of isOwner ? [name] : [name, parent])
      if (affected !== undefined && this.#wants('MailboxName', affected, change.accountId))
        this.#pending.names.set(affected, undefined)
  }

  #noteRename(change: Extract<Change, { readonly kind: 'mailbox-changed' }>): void {
    const { accountId, oldName } = change
    const name = this.#nameOf(change)
    if (name === undefined) return
    this.#names.set(keyOf(change), name)
    if (oldName === undefined) return
    const before = (this.#prefixes.get(accountId) ?? '') + oldName
    if (this.#wants('MailboxName', name, accountId) || this.#wants('MailboxName', before, accountId))
      this.#pending.names.set(name, before)
  }

  #noteSubscription({ accountId, name, subscribed }: Extract<Change, { readonly kind: 'subscription' }>): void {
    if (accountId !== this.#options.accountId) return
    // Either way it was subscribed before or is now.
    this.#subscribed.add(name)
    if (this.#wants('SubscriptionChange', name, accountId)) this.#pending.subscriptions.add(name)
    if (!subscribed) this.#subscribed.delete(name)
  }

  #noteMetadata(change: MailboxPlace, entries: readonly string[]): void {
    const { accountId, mailboxId } = change
    if (entries.length === 0) return
    const isServer = mailboxId === 0
    if (isServer) {
      const wanted = this.metadata || this.plan?.wantsServerMetadata === true
      if (wanted && accountId === this.#options.accountId)
        this.#pending.addMetadata({ accountId, mailboxId, name: '' }, entries)
      return
    }
    const name = this.#nameOf(change)
    if (name === undefined) return
    if (this.metadata || this.#wants('MailboxMetadataChange', name, accountId))
      this.#pending.addMetadata({ accountId, mailboxId, name }, entries)
  }

  /** What others use their mailboxes for is their own. */
  #noteUse(change: MailboxPlace): void {
    if (change.accountId === this.#options.accountId) this.#noteMetadata(change, [specialUseEntry])
  }

  #concerns({ readerId }: { readonly readerId: number }, entry: string): boolean {
    return !entry.startsWith('/private/') || readerId === this.#options.accountId
  }

  /** Which of them it may see now is found out when it is told. */
  #noteRights({ accountId, mailboxId }: MailboxPlace): void {
    if (accountId === this.#options.accountId) return
    const name = this.#names.get(keyOf({ accountId, mailboxId }))
    if (name !== undefined && this.#wants('MailboxName', name, accountId)) this.#pending.names.set(name, undefined)
  }

  #nameOf(change: MailboxPlace & { readonly mailbox?: Mailbox | undefined }): string | undefined {
    const { accountId, mailbox } = change
    const prefix = accountId === this.#options.accountId ? '' : this.#prefixes.get(accountId)
    if (mailbox === undefined || prefix === undefined) return this.#names.get(keyOf(change))
    return prefix + mailbox.name
  }

  #wants(event: EventName, name: string, accountId: number): boolean {
    const isOwn = accountId === this.#options.accountId
    const named: Named = { name, isOwn, isSubscribed: this.#subscribed.has(name) }
    return this.plan?.wants(event, named) ?? false
  }
}

interface MailboxPlace {
  readonly accountId: number
  readonly mailboxId: number
}
