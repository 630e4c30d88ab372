// Where mail is imported from, as the importer sees it: mailboxes with letters, each with a name by which it is known again.

export interface Source {
  /** INBOX first. */
  readonly mailboxes: readonly SourceMailbox[]
  /** What is there and is no mailbox, or none that can be read, in words. */
  readonly complaints: readonly string[]
}

export interface SourceMailbox {
  /** As it is called here, with / between levels. */
  readonly name: string
  /** Reads all that is known without opening the messages of a Maildir. */
  list(): Promise<Listed>
}

export interface Listed {
  /** In the order in which they came. */
  readonly letters: readonly Letter[]
  /** Where the unique-ids of POP3 are from, in words; undefined: the letters have none. */
  readonly uidlsFrom: string | undefined
}

export interface Letter {
  readonly name: string
  readonly flags: number
  /** Joined by spaces. */
  readonly keywords: string
  /** POP3's unique-id that it had; 'field': its X-UIDL tells, once it is read. */
  readonly uidl: string | undefined | typeof fromField
  read(): Promise<Reading>
}

export const fromField = Symbol('its X-UIDL field')

/** `internalDate`: milliseconds since 1970. Pieces are to be read to their end, or given up. */
export type Reading =
  | { readonly kind: 'whole'; readonly octets: Uint8Array; readonly internalDate: number }
  | { readonly kind: 'pieces'; readonly pieces: AsyncIterable<Uint8Array>; readonly internalDate: number }
  | { readonly kind: 'unread'; readonly why: string }
  /** It went away meanwhile. */
  | { readonly kind: 'gone' }

/** What is found at the path is nothing that can be imported. */
export class SourceError extends Error {
  readonly next: string

  constructor(message: string, next: string) {
    super(message)
    this.name = 'SourceError'
    this.next = next
  }
}
