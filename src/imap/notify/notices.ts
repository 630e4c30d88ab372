// The watch that one session keeps on mailboxes it has not selected (RFC 5465; unsolicited METADATA, RFC 5464 4.4): takes what it
// was asked for from the change feed, and rings. Telling is tell-others.ts's.

import { noticesMax } from '#imap/limits.ts'
import { specialUseEntry } from '#imap/metadata/special-use-entry.ts'
import { anyone } from '#store/acl-entry.ts'
import type { Author, Change } from '#store/change.ts'
import type { Mailbox } from '#store/mailbox.ts'
import { parentsOf } from '#store/names.ts'
import type { Store } from '#store/store.ts'
import { differences, type Known, type OthersMailboxes, othersOf } from './known-mailboxes.ts'
import { noteDifference, type OthersWatch } from './note-difference.ts'
import { keyOf, Pending } from './pending.ts'
import type { EventName, Named, NotifyPlan } from './plan.ts'

export interface NoticesOptions {
  readonly store: Pick<Store, 'subscribe'>
  /** Whose session it is. */
  readonly accountId: number
  /** Whose changes are the client's own: it is not told of them (RFC 5465 5). */
  readonly author: Author
  /** Wakes the session: there is something to tell. */
  readonly ring: () => void
}

interface Heard {
  readonly change: Change
  readonly author: Author | undefined
}

export class Notices implements Disposable {
  readonly #options: NoticesOptions
  /** Undefined before the first NOTIFY: then only unsolicited METADATA is told, to who has enabled it. */
  plan: NotifyPlan | undefined
  /** ENABLE METADATA: changes of annotations are told whatever NOTIFY says (RFC 5464 4.1). */
  metadata = false
  /** A NOTIFY SET is to be answered as a NOOP would be (RFC 5465 3.1). */
  owesNoop = false
  /** More happened than can be remembered: the watch has ended (RFC 5465 5.8). */
  isOverflown = false
  /** What there is of others' mailboxes may be otherwise than it was: it must be learnt anew before anything is told. */
  isStale = false
  #pending = new Pending()
  /** What happens while the list of mailboxes is read: taken in behind it. */
  #early: Heard[] | undefined
  readonly #feeds = new Map<number, Disposable>()
  /** Of own mailboxes as they are now. */
  #names = new Map<string, string>()
  #others: OthersMailboxes = new Map()
  /** The client was not told yet what there is to watch, so of that nothing can be otherwise. */
  #beginsAnew = true
  #subscribed = new Set<string>()
  /** Of others' mailboxes: told to be `\NoAccess`; deleted by their owners; changed by this client itself. */
  readonly #refused = new Set<string>()
  readonly #deleted = new Set<string>()
  readonly #quiet = new Set<string>()

  constructor(options: NoticesOptions) {
    this.#options = options
    this.follow([options.accountId, anyone])
  }

  /** A new plan: what waited to be told by the old one is dropped. If it watches more than the selected mailbox, `learn` must follow. */
  watch(plan: NotifyPlan | undefined): void {
    this.plan = plan
    this.#pending = new Pending()
    this.isOverflown = false
    this.#beginsAnew = true
    this.#refused.clear()
  }

  /** From now on what is heard waits for `learn`. */
  beginLearning(): void {
    this.#early ??= []
    this.isStale = false
  }

  /** Hears of what these accounts change; whether one of them is new. */
  follow(owners: Iterable<number>): boolean {
    let isNew = false
    for (const owner of owners) {
      if (this.#feeds.has(owner)) continue
      isNew = true
      const hear = (change: Change, author: Author | undefined) => this.#hear({ change, author })
      this.#feeds.set(owner, this.#options.store.subscribe(owner, hear))
    }
    return isNew
  }

  /** What there is now. Since the last time others' mailboxes may have come, gone, or been renamed. */
  learn(mailboxes: readonly Known[], subscribed: readonly string[]): void {
    const { accountId } = this.#options
    const before = this.#others
    const own = mailboxes.filter(one => one.accountId === accountId)
    this.#names = new Map(own.map(({ mailbox, name }) => [keyOf({ accountId, mailboxId: mailbox.mailboxId }), name]))
    this.#subscribed = new Set(subscribed)
    this.#others = othersOf(accountId, mailboxes)
    const owners = new Set([accountId, anyone, ...mailboxes.map(one => one.accountId)])
    for (const [owner, feed] of this.#feeds) if (!owners.has(owner)) this.#leave(owner, feed)
    if (this.#beginsAnew) {
      for (const { name, isReadable } of this.#others.values()) if (!isReadable) this.#refused.add(name)
    } else this.#compare(before, this.#others)
    this.#beginsAnew = false
    this.#deleted.clear()
    this.#quiet.clear()
    this.#replay()
  }

  giveUpLearning(): void {
    this.isStale = true
    this.#replay()
  }

  get hasSomething(): boolean {
    return !this.#pending.isEmpty || this.isOverflown || this.isStale
  }

  /** What waits to be told: it waits no longer. */
  take(): Pending {
    const pending = this.#pending
    this.#pending = new Pending()
    return pending
  }

  /** What this client calls the mailbox; undefined if it can't see it. */
  nameOf(place: Place): string | undefined {
    const key = keyOf(place)
    return this.#names.get(key) ?? this.#others.get(key)?.name
  }

  wants(event: EventName, place: { readonly name: string; readonly accountId: number }): boolean {
    return this.plan?.wants(event, this.#named(place)) ?? false
  }

  [Symbol.dispose](): void {
    for (const [owner, feed] of this.#feeds) this.#leave(owner, feed)
  }

  #leave(owner: number, feed: Disposable): void {
    feed[Symbol.dispose]()
    this.#feeds.delete(owner)
  }

  #replay(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const heard of early) this.#hear(heard)
  }

  #hear(heard: Heard): void {
    if (this.#early === undefined) this.#take(heard)
    else if (this.#early.length < noticesMax) this.#early.push(heard)
    else this.#overflow()
    if (this.hasSomething) this.#options.ring()
  }

  #take({ change, author }: Heard): void {
    const pending = this.#pending
    const isOwn = author === this.#options.author
    // What the client did itself is known from now on like all else, but it is not told.
    if (isOwn) this.#pending = new Pending()
    this.#note(change, isOwn)
    this.#pending = pending
    if (pending.isFull) this.#overflow()
  }

  #overflow(): void {
    this.#pending = new Pending()
    // Without a NOTIFY there is none to end.
    this.isOverflown = this.plan !== undefined
  }

  #note(change: Change, isOwn: boolean): void {
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
        if (this.#isMine(change)) this.#noteName(change)
        else this.#noteElsewhere(change, isOwn, change.kind)
        break
      case 'mailbox-changed':
        if (change.changed === 'use') this.#noteUse(change)
        else if (this.#isMine(change)) this.#noteRename(change)
        else this.#noteElsewhere(change, isOwn)
        break
      case 'shared':
        this.#noteElsewhere({ accountId: change.ownerId, mailboxId: change.sharedId }, isOwn)
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
    }
  }

  #isMine({ accountId }: Place): boolean {
    return accountId === this.#options.accountId
  }

  #noteMessages(place: Place, kind: 'messages' | 'flags'): void {
    const name = this.nameOf(place)
    if (name === undefined) return
    if (this.wants(kind === 'messages' ? 'MessageNew' : 'FlagChange', { ...place, name }))
      this.#pending.addMessages(place, kind)
  }

  #noteName(change: Extract<Change, { readonly kind: 'mailbox-made' | 'mailbox-gone' }>): void {
    const { accountId, kind, oldName } = change
    const { name } = change.mailbox
    if (kind === 'mailbox-made') this.#names.set(keyOf(change), name)
    else this.#names.delete(keyOf(change))
    if (this.wants('MailboxName', { name, accountId }))
      this.#pending.addName(name, oldName === undefined ? {} : { oldName })
    // RFC 5465 5.4: the parent has its first child now, or its last one no more.
    const parent = parentsOf(name).at(-1)
    if (parent !== undefined && this.wants('MailboxName', { name: parent, accountId })) this.#pending.addName(parent)
    // RFC 5465 5.1: there may have been one of this name, with another UIDVALIDITY.
    if (kind === 'mailbox-made' && this.wants('FlagChange', { name, accountId }))
      this.#pending.addMessages(change, 'flags')
  }

  #noteRename(change: Extract<Change, { readonly kind: 'mailbox-changed' }>): void {
    const { accountId, oldName } = change
    const { name } = change.mailbox
    this.#names.set(keyOf(change), name)
    if (oldName === undefined) return
    if ([name, oldName].some(one => this.wants('MailboxName', { name: one, accountId })))
      this.#pending.addRename(oldName, name)
  }

  /** Which of them this client may see now, and under which name, is found out by a look at all of them. */
  #noteElsewhere(place: Place, isOwn: boolean, kind?: Change['kind']): void {
    if (this.#isMine(place) || !(this.metadata || this.plan?.watchesElsewhere === true)) return
    this.isStale = true
    if (kind === 'mailbox-gone') this.#deleted.add(keyOf(place))
    if (isOwn) this.#quiet.add(keyOf(place))
  }

  #compare(before: OthersMailboxes, now: OthersMailboxes): void {
    const watch: OthersWatch = {
      pending: this.#pending,
      before: new Map(Array.from(before, ([key, { name }]) => [name, key])),
      now,
      refused: this.#refused,
      deleted: this.#deleted,
      wants: (event, other) => this.wants(event, other),
      watches: other => this.plan?.watches(this.#named(other)) ?? false,
    }
    for (const difference of differences(before, now)) {
      const one = difference.is ?? difference.was
      if (one !== undefined && !this.#quiet.has(keyOf(one))) noteDifference(watch, difference)
    }
    if (this.#pending.isFull) this.#overflow()
  }

  #noteSubscription({ accountId, name, subscribed }: Extract<Change, { readonly kind: 'subscription' }>): void {
    if (accountId !== this.#options.accountId) return
    // Either way it was subscribed before or is now.
    this.#subscribed.add(name)
    if (this.wants('SubscriptionChange', { name, accountId })) this.#pending.subscriptions.add(name)
    if (!subscribed) this.#subscribed.delete(name)
  }

  #noteMetadata(place: Place, entries: readonly string[]): void {
    const { accountId, mailboxId } = place
    if (entries.length === 0) return
    if (mailboxId === 0) {
      const wanted = this.metadata || this.plan?.wantsServerMetadata === true
      if (wanted && this.#isMine(place)) this.#pending.addMetadata({ accountId, mailboxId, name: '' }, entries)
      return
    }
    const name = this.nameOf(place)
    if (name === undefined) return
    if (this.metadata || this.wants('MailboxMetadataChange', { name, accountId }))
      this.#pending.addMetadata({ accountId, mailboxId, name }, entries)
  }

  /** What others use their mailboxes for is their own. */
  #noteUse(change: Place & { readonly mailbox: Mailbox }): void {
    if (this.#isMine(change)) this.#noteMetadata(change, [specialUseEntry])
  }

  #concerns({ readerId }: { readonly readerId: number }, entry: string): boolean {
    return !entry.startsWith('/private/') || readerId === this.#options.accountId
  }

  #named({ name, accountId }: { readonly name: string; readonly accountId: number }): Named {
    return { name, isOwn: accountId === this.#options.accountId, isSubscribed: this.#subscribed.has(name) }
  }
}

interface Place {
  readonly accountId: number
  readonly mailboxId: number
}
