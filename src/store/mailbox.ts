// A mailbox as the store shows it. Names are Unicode (NFC) with '/' between levels; INBOX is always 'INBOX'.

/** RFC 6154 attributes that we give out. */
export type SpecialUse = '\\Drafts' | '\\Sent' | '\\Junk' | '\\Trash' | '\\Archive' | '\\All' | '\\Flagged'

export interface Mailbox {
  readonly mailboxId: number
  readonly name: string
  readonly uidValidity: number
  readonly uidNext: number
  readonly highestModseq: number
  readonly specialUse: SpecialUse | undefined
  readonly subscribed: boolean
  /** Messages. */
  readonly exists: number
  /** Messages without \Seen. */
  readonly unseen: number
  /** Messages with \Deleted. */
  readonly deleted: number
  /** Octets of all messages. */
  readonly sizeBytes: number
  /** UIDs from here up have not been shown to any IMAP session yet: \Recent for the next that selects (RFC 3501 2.3.2). */
  readonly recentFrom: number
}

/** The hierarchy delimiter of every name. */
export const delimiter = '/'
