// The maildrop of one session (RFC 1939 4): INBOX as it was at login, locked against other POP3 sessions until disposed of.
// Numbers, sizes and unique-ids stand still, whatever IMAP and delivery do meanwhile.

import type { Account } from '#accounts/account.ts'
import type { Snapshot } from '#store/mailbox-view.ts'
import type { Store } from '#store/store.ts'
import { printUniqueId } from '#wire/pop3/print.ts'

/** The maildrop, locked; undefined while another session has it. */
export async function openMaildrop(store: Store, account: Account): Promise<Maildrop | undefined> {
  await using owned = new AsyncDisposableStack()
  const lock = store.lockMaildrop(account.accountId)
  if (lock === undefined) return undefined
  owned.use(lock)
  const inbox = await store.mailbox(account.accountId, 'INBOX')
  const view = inbox && (await store.openView(account.accountId, inbox.mailboxId))
  if (view === undefined) throw new Error(`account ${account.accountId} has no INBOX`)
  owned.use(view) // while it is open, the bytes of what it showed stay
  const content = { account, mailboxId: view.mailboxId, snapshot: view.current }
  const withoutEnd = new Set(await store.messagesWithoutEnd(account.accountId))
  return new Maildrop({ ...content, withoutEnd }, owned.move())
}

export interface MaildropContent {
  readonly account: Account
  readonly mailboxId: number
  readonly snapshot: Snapshot
  /** Ids of messages whose last line has no CRLF: RETR adds one (RFC 1939 3), and their sizes tell. */
  readonly withoutEnd: ReadonlySet<number>
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
  /** 1 at the number of each message that DELE marked. */
  readonly #marks: Uint8Array
  readonly #octetsAtLogin: number
  #messages: number
  #octets: number

  constructor(content: MaildropContent, owned: AsyncDisposableStack) {
    const { snapshot, withoutEnd } = content
    this.account = content.account
    this.mailboxId = content.mailboxId
    this.#owned = owned
    // The columns grow with the mailbox; what stands before `last` in them stays.
    this.last = snapshot.count
    this.#uids = snapshot.uids
    this.#entryIds = snapshot.entryIds
    this.#messageIds = snapshot.messageIds
    this.#sizes = withoutEnd.size === 0 ? snapshot.sizes : sentSizes(snapshot, withoutEnd)
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

  uniqueIdOf(number: number): string {
    return printUniqueId(at(this.#entryIds, number))
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

function sentSizes({ sizes, messageIds, count }: Snapshot, withoutEnd: ReadonlySet<number>): Float64Array {
  const sent = sizes.slice(0, count)
  for (let index = 0; index < count; index += 1)
    if (withoutEnd.has(messageIds[index] ?? 0)) sent[index] = (sent[index] ?? 0) + lineEndOctets
  return sent
}

const lineEndOctets = 2

function total(sizes: Float64Array, count: number): number {
  let octets = 0
  for (let index = 0; index < count; index += 1) octets += sizes[index] ?? 0
  return octets
}
