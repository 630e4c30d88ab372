// Every limit of this folder.

export const limits = {
  /** Of a list that another server keeps with a mailbox: dovecot-uidlist has about 80 octets for a message. */
  listBytes: 256 * 1024 * 1024,
  /** Mailboxes of one source. */
  mailboxes: 10_000,
  /** Folders within folders. */
  folderDepth: 20,
  /** Messages of one mailbox. */
  messages: 10_000_000,
  /** Files up to this size are read as a whole, some at once. */
  wholeFileBytes: 128 * 1024,
  filesAtOnce: 16,
  /** What a compressed file that is read as a whole may unfold to. */
  unfoldedBytes: 64 * 1024 * 1024,
  /** Octets that are read at once of what is larger. */
  pieceBytes: 256 * 1024,
  /** Of a message's header in an mbox; a longer one is taken for the body from there on. */
  headerBytes: 1024 * 1024,
  /** Of the first line of a message in an mbox, and of one field. */
  lineBytes: 64 * 1024,
  /** Messages that are stored in one transaction. */
  storedAtOnce: 100,
  /** Of the name by which a message is known again: a file name has 255 octets. */
  nameLength: 512,
  /** Names told at once. */
  namesPerPage: 10_000,
  /** Messages that come in pieces, and are not whole yet. */
  uploads: 32,
  /** How long the next piece of one may take. */
  uploadIdleMs: 60_000,
} as const
