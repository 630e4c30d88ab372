// The maildrop of one session (RFC 1939 4): INBOX as it was at login, locked against other POP3 sessions until disposed of. What POP3 has taken
// already (flag.taken) is not in it.
// Numbers, sizes and unique-ids stand still, whatever IMAP and delivery do meanwhile.

import type { Account } from '#accounts/account.ts'
import type { Store } from '#store/store.ts'
import { printUniqueId } from '#wire/pop3/print.ts'
import { type Shown, shownTo } from './shown.ts'
import { surrogateSizes } from './surrogate-sizes.ts'

export interface MaildropWish {
  /** Messages are sent as they are stored, UTF-8 in their headers too (RFC 6856 2.1). */
  readonly utf8: boolean
}

/** The maildrop, locked; undefined while another session has it. */
export async function openMaildrop(store: Store, account: Account, wish: MaildropWish): Promise<Maildrop | undefined> {
  await using owned = new AsyncDisposableStack()
  const lock = store.lockMaildrop(account.accountId)
  if (lock === undefined) return undefined
  owned.use(lock)
  const inbox = await store.mailbox(account.accountId, 'INBOX')
  const view = inbox && (await store.openView(account.accountId, inbox.mailboxId))
  if (view === undefined) throw new Error(`account ${account.accountId} has no INBOX`)
  owned.use(view) // while it is open, the bytes of what it showed stay
  const { mailboxId } = view
  const snapshot = shownTo(view.current)
  const withoutEnd = new Set(await store.messagesWithoutEnd(account.accountId))
  const surrogates = wish.utf8 ? noSurrogates : await surrogateSizes(store, account.accountId, snapshot)
  const readUidls = () => store.uidls(account.accountId)
  return new Maildrop({ account, mailboxId, snapshot, withoutEnd, surrogates, readUidls }, owned.move())
}

const noSurrogates: ReadonlyMap<number, number> = new Map()

export interface MaildropContent {
  readonly account: Account
  readonly mailboxId: number
  readonly snapshot: Shown
  /** Ids of messages whose last line has no CRLF: RETR adds one (RFC 1939 3), and their sizes tell. */
  readonly withoutEnd: ReadonlySet<number>
  /** Octets of what is sent in the place of messages, by their ids (mail/surrogate.ts). */
  readonly surrogates: ReadonlyMap<number, number>
  /** Unique-ids that came along from another server, by entry id. */
  readonly readUidls: () => Promise<ReadonlyMap<number, string>>
}

export class Maildrop implements AsyncDisposable {
  readonly account: Account
  readonly mailboxId: number
  /** Messages at login: numbers go from 1 up to it. */
  readonly last: number
  readonly #owned: AsyncDisposableStack
  readonly #uids: Uint32Array
  readonly #entryIds: Float64Array
  readonly #messageIds: Float64Array
  readonly #sizes: Float64Array
  readonly #surrogates: ReadonlyMap<number, number>
  readonly #readUidls: MaildropContent['readUidls']
  #uidls: ReadonlyMap<number, string> | undefined
  /** 1 at the number of each message that DELE marked. */
  readonly #marks: Uint8Array
  /** The numbers that RETR has sent. */
  readonly #taken = new Set<number>()
  readonly #octetsAtLogin: number
  #messages: number
  #octets: number

  constructor(content: MaildropContent, owned: AsyncDisposableStack) {
    const { snapshot } = content
    this.account = content.account
    this.mailboxId = content.mailboxId
    this.#owned = owned
    // The columns grow with the mailbox; what stands before `last` in them stays.
    this.last = snapshot.count
    this.#uids = snapshot.uids
    this.#entryIds = snapshot.entryIds
    this.#messageIds = snapshot.messageIds
    this.#sizes = sentSizes(content)
    this.#surrogates = content.surrogates
    this.#readUidls = content.readUidls
    this.#marks = new Uint8Array(this.last + 1)
    this.#messages = this.last
    this.#octetsAtLogin = total(this.#sizes, this.last)
    this.#octets = this.#octetsAtLogin
  }

  /** Messages without those marked. */
  get messages(): number {
    return this.#messages
  }

  /** Octets of the messages without those marked: exact up to 2^53. */
  get octets(): number {
    return this.#octets
  }

  /** Whether `number` is a message that is not marked. */
  has(number: number): boolean {
    return number >= 1 && number <= this.last && this.#marks[number] === 0
  }

  /** Octets of the message as RETR sends it, before dots are doubled. `number` is one that `has` knows; so below. */
  sizeOf(number: number): number {
    return at(this.#sizes, number)
  }

  /** Every message's unique-id. */
  async uniqueIds(): Promise<(number: number) => string> {
    this.#uidls ??= await this.#readUidls()
    const uidls = this.#uidls
    return number => {
      const entryId = at(this.#entryIds, number)
      return uidls.get(entryId) ?? printUniqueId(entryId)
    }
  }

  /** Whether a surrogate is sent in the message's place. */
  isSurrogate(number: number): boolean {
    return this.#surrogates.has(this.messageIdOf(number))
  }

  messageIdOf(number: number): number {
    return at(this.#messageIds, number)
  }

  /** The numbers of the messages that are not marked, ascending. */
  *numbers(): Generator<number> {
    for (let number = 1; number <= this.last; number += 1) if (this.#marks[number] === 0) yield number
  }

  mark(number: number): void {
    this.#marks[number] = 1
    this.#messages -= 1
    this.#octets -= this.sizeOf(number)
  }

  /** RETR has sent the message. */
  noteTaken(number: number): void {
    this.#taken.add(number)
  }

  /** UIDs of the messages that RETR has sent. */
  takenUids(): readonly number[] {
    return [...this.#taken].sort((a, b) => a - b).map(number => at(this.#uids, number))
  }

  unmarkAll(): void {
    this.#marks.fill(0)
    this.#messages = this.last
    this.#octets = this.#octetsAtLogin
  }

  markedUids(): readonly number[] {
    const uids: number[] = []
    for (let number = 1; number <= this.last; number += 1) {
      if (this.#marks[number] === 1) uids.push(at(this.#uids, number))
    }
    return uids
  }

  /** Lets the lock and the view go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync()
  }
}

function at(column: Float64Array | Uint32Array, number: number): number {
  const value = column[number - 1]
  if (value === undefined) throw new RangeError(`no message ${number}`)
  return value
}

function sentSizes({ snapshot, withoutEnd, surrogates }: MaildropContent): Float64Array {
  const { sizes, messageIds, count } = snapshot
  if (withoutEnd.size === 0 && surrogates.size === 0) return sizes
  const sent = sizes.slice(0, count)
  for (let index = 0; index < count; index += 1) {
    const messageId = messageIds[index] ?? 0
    const stored = (sizes[index] ?? 0) + (withoutEnd.has(messageId) ? lineEndOctets : 0)
    sent[index] = surrogates.get(messageId) ?? stored
  }
  return sent
}

const lineEndOctets = 2

function total(sizes: Float64Array, count: number): number {
  let octets = 0
  for (let index = 0; index < count; index += 1) octets += sizes[index] ?? 0
  return octets
}
