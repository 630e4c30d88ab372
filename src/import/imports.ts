// The receiving end of an import: takes messages with the names that they had where they came from, and stores each of those once, however often it is
// brought. A message, its name and its unique-id are written in one transaction, so that whatever breaks an import off, the next one goes on behind it.

import type { Clock } from '#io/clock.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import type { Mailbox } from '#store/mailbox.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Appended, MailboxRefusal, Store } from '#store/store.ts'
import { Arriving } from './arriving.ts'
import { countUidls, forgetImported, type ImportPlace, importedNames, namesImported, noteImported } from './imported.ts'
import { limits } from './limits.ts'
import { migrations } from './migrations.ts'

export interface ImportedMessage {
  /** By which it is known again, within its mailbox. */
  readonly name: string
  readonly flags: number
  /** Joined by spaces. */
  readonly keywords: string
  /** Milliseconds since 1970. */
  readonly internalDate: number
  /** POP3's unique-id that it had. */
  readonly uidl: string | undefined
  /** Its octets, or the upload that brought them. */
  readonly content: { readonly octets: Uint8Array } | { readonly upload: string }
}

export type Imported =
  | { readonly kind: 'done'; readonly messages: number; readonly uidls: number }
  | { readonly kind: 'no-such-upload' }
  | MailboxRefusal

export interface ImportsNeeds {
  readonly database: Database
  readonly store: Store
  readonly clock: Clock
}

interface Upload {
  readonly arriving: Arriving
  idle: Disposable
}

export class Imports implements AsyncDisposable {
  readonly #needs: ImportsNeeds
  readonly #uploads = new Map<string, Upload>()
  /** One after another: two imports of one mailbox at once would else both bring what neither has stored yet. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(needs: ImportsNeeds) {
    this.#needs = needs
  }

  static async open(needs: ImportsNeeds): Promise<Imports> {
    await migrate(needs.database, 'import', migrations, needs.clock)
    return new Imports(needs)
  }

  names(place: ImportPlace, after?: string) {
    return importedNames(this.#needs.database, place, after)
  }

  forget(accountId: number): Promise<void> {
    return forgetImported(this.#needs.database, accountId)
  }

  /** The next octets of a message that is brought in pieces, under a name of the caller's. False: there are too many such messages. */
  async write(id: string, octets: Uint8Array): Promise<boolean> {
    const upload = this.#uploads.get(id) ?? this.#begin(id)
    if (upload === undefined) return false
    upload.idle[Symbol.dispose]()
    await upload.arriving.write(octets)
    upload.idle = this.#giveUpLater(id)
    return true
  }

  /** Makes the mailbox if it is missing. Nothing is stored if one of the messages cannot be; those that are there already are passed over. */
  take(place: ImportPlace, messages: readonly ImportedMessage[]): Promise<Imported> {
    const taken = this.#turn.then(() => this.#take(place, messages))
    this.#turn = taken.catch(() => undefined)
    return taken
  }

  async #take(place: ImportPlace, messages: readonly ImportedMessage[]): Promise<Imported> {
    const { database, store } = this.#needs
    const { accountId } = place
    const found = await this.#mailbox(place)
    if ('kind' in found) return found
    const known = await namesImported(
      database,
      place,
      messages.map(({ name }) => name),
    )
    await using spooled = new AsyncDisposableStack()
    const appended: Appended[] = []
    for (const message of messages) {
      const whole = await this.#spool(message)
      if (whole === undefined) return { kind: 'no-such-upload' }
      spooled.use(whole)
      if (known.has(message.name)) continue
      whole.alongside = tx => noteImported(tx, place, message.name)
      const { flags, keywords, internalDate, uidl } = message
      appended.push({ message: whole, flags, keywords, internalDate, uidl })
    }
    const outcome = await store.append(accountId, found.mailboxId, appended)
    if (outcome.kind !== 'done') return outcome
    const entryIds = outcome.entries.map(({ entryId }) => entryId)
    return { kind: 'done', messages: entryIds.length, uidls: await countUidls(database, accountId, entryIds) }
  }

  /** Programs show what is subscribed. */
  async #mailbox({ accountId, mailbox }: ImportPlace): Promise<Mailbox | MailboxRefusal> {
    const { store } = this.#needs
    const found = await store.mailbox(accountId, mailbox)
    if (found !== undefined) return found
    const made = await store.createMailbox(accountId, mailbox)
    if (made.kind !== 'done') return made
    await store.setSubscribed(accountId, mailbox, true)
    return made.mailbox
  }

  async #spool({ content }: ImportedMessage): Promise<SpooledMessage | undefined> {
    if ('octets' in content) {
      await using arriving = new Arriving(this.#needs.store.spool)
      await arriving.write(content.octets)
      return await arriving.finish()
    }
    const upload = this.#uploads.get(content.upload)
    if (upload === undefined) return undefined
    this.#uploads.delete(content.upload)
    upload.idle[Symbol.dispose]()
    await using arriving = upload.arriving
    return await arriving.finish()
  }

  #begin(id: string): Upload | undefined {
    if (this.#uploads.size >= limits.uploads) return undefined
    const upload = { arriving: new Arriving(this.#needs.store.spool), idle: this.#giveUpLater(id) }
    this.#uploads.set(id, upload)
    return upload
  }

  #giveUpLater(id: string): Disposable {
    return this.#needs.clock.after(limits.uploadIdleMs, () => void this.#giveUp(id))
  }

  async #giveUp(id: string): Promise<void> {
    const upload = this.#uploads.get(id)
    this.#uploads.delete(id)
    upload?.idle[Symbol.dispose]()
    await upload?.arriving[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn
    for (const id of this.#uploads.keys()) await this.#giveUp(id)
  }
}
