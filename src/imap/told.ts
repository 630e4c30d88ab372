// What a session tells the guard over those who read an account by POP3 and by IMAP (retrieval/retrieval.ts): who the client is, which messages it has
// fetched, how many it has removed. Of the account's own mailboxes alone.

import type { RetrievalSession } from '#retrieval/retrieval.ts'
import type { Mailbox } from '#store/mailbox.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { FetchedOnce } from './fetched-once.ts'
import type { Range } from './message-ranges.ts'
import { placesIn } from './message-ranges.ts'
import type { Selected } from './selected.ts'

interface Begun {
  readonly session: RetrievalSession
  readonly accountId: number
  readonly fetched: FetchedOnce
}

/** A mailbox, by its owner. */
interface Place {
  readonly accountId: number
  readonly mailboxId: number
}

interface Owned {
  readonly accountId: number
  readonly mailbox: Pick<Mailbox, 'mailboxId' | 'specialUse'>
}

export class Told implements Disposable {
  #begun: Begun | undefined
  #client = ''
  #trashId: number | undefined

  /** After a login. The session is disposed of with this one, or at `end`. */
  begin(session: RetrievalSession, accountId: number): void {
    this.end()
    this.#begun = { session, accountId, fetched: new FetchedOnce() }
    if (this.#client !== '') session.named(this.#client)
  }

  end(): void {
    this.#begun?.session[Symbol.dispose]()
    this.#begun = undefined
  }

  [Symbol.dispose](): void {
    this.end()
  }

  /** Fields of ID, before the login or behind it. */
  identify(fields: ReadonlyMap<string, string>): void {
    this.#client = [fields.get('name'), fields.get('os')].filter(said => said).join(', ')
    if (this.#client !== '') this.#begun?.session.named(this.#client)
  }

  /** A mailbox was selected. */
  selected({ accountId, mailbox }: Owned): void {
    const isTrash = accountId === this.#begun?.accountId && mailbox.specialUse === '\\Trash'
    this.#trashId = isTrash ? mailbox.mailboxId : undefined
  }

  /** Messages at those places were fetched. */
  fetched({ view, columns }: Selected, ranges: readonly Range[], items: readonly FetchItem[]): void {
    const { accountId, session, fetched } = this.#begun ?? {}
    if (view.accountId !== accountId || !items.some(isBody)) return
    let count = 0
    for (const place of placesIn(ranges)) if (fetched?.add(view.mailboxId, columns.uids[place] ?? 0)) count += 1
    session?.took(count)
  }

  /** Messages were expunged. What was in Trash already counted when it came there. */
  expunged({ accountId, mailboxId }: Place, messages: number): void {
    if (accountId === this.#begun?.accountId && mailboxId !== this.#trashId) this.#begun.session.removed(messages)
  }

  /** Messages were moved: to Trash they are removed. */
  moved(from: Place, { accountId, mailbox }: Owned, messages: number): void {
    if (accountId === from.accountId && mailbox.specialUse === '\\Trash') this.expunged(from, messages)
  }
}

/** More than headers: octets of text. */
function isBody(item: FetchItem): boolean {
  return item.kind === 'binary' || (item.kind === 'section' && bodies.has(item.section.text.kind))
}

const bodies: ReadonlySet<string> = new Set(['all', 'text'])
