// Limits of the store.

export const limits = {
  /** Messages up to this size lie in the database and wait in memory; larger ones are files. */
  inlineBytes: 128 * 1024,
  /** First octets of a message that SpooledMessage.head shows. */
  headBytes: 64 * 1024,
  /** Octets a large message gathers in memory while as many are written to its file; no fewer than `inlineBytes`. Twice as many were hardly faster, and each slow sender holds two such buffers. */
  spoolChunkBytes: 128 * 1024,
  /** Octets that are read at once of a message that is rewritten as lines: its file is opened for each. */
  rewrittenBytes: 256 * 1024,
  /** Pieces of it that are looked at before the other sessions have a turn. */
  piecesPerTurn: 32,
  /** A mailbox's whole name in UTF-8. */
  nameBytes: 1_000,
  /** Levels of a mailbox's name. */
  nameLevels: 50,
  mailboxesPerAccount: 10_000,
  /** Octets of one annotation's value. */
  metadataBytes: 32 * 1024,
  /** Annotations of one mailbox that one reader sees. */
  metadataEntries: 100,
  /** Octets of all annotations of an account, each counted with `metadataRowBytes` for its name. */
  metadataBytesPerAccount: 16 * 1024 * 1024,
  metadataRowBytes: 200,
  /** Octets of what one reader notes for itself on all mailboxes of another account. */
  metadataBytesPerReader: 1024 * 1024,
  /** An annotation's name. */
  metadataNameBytes: 255,
  /** Entries of one mailbox's access control list. */
  rightsPerMailbox: 1_000,
  /** Mailboxes that one account opens to another, or to anyone. */
  mailboxesPerGrantee: 1_000,
  /** Mailboxes of others that are looked at between two turns of the event loop. */
  sharedPerTurn: 256,
  /** Mailboxes of others that one account is shown. */
  sharedMailboxes: 10_000,
  /** Messages that one account takes over from another, and heads of them that are read, between two turns of the event loop: several rows each. */
  takenOverPerTurn: 256,
  /** Keywords on one message; an edit that would leave more is not made. */
  keywordsPerEntry: 128,
  /** Combinations of keywords kept to be shared by the messages that have them. */
  keptKeywords: 1_000,
  /** Messages whose surrogates are looked up one by one; of more, those of the whole account are read. */
  surrogatesByList: 1_024,
  /** Rows that one statement of a bulk read brings. */
  rowsPerRead: 8_192,
  /** Closed mailbox views kept current for their reopening. */
  closedViews: 64,
  /** Messages in all closed views together: about 60 bytes each. */
  closedViewMessages: 500_000,
  /** How long an expunged message's bytes are kept. */
  keepExpungedMs: 14 * 24 * 60 * 60 * 1000,
  /** How long it is known which UIDs were expunged when: who was away longer is told all UIDs that are not there. */
  keepTombstonesMs: 400 * 24 * 60 * 60 * 1000,
  /** Of a key that authorizes URLs (RFC 4467 asks for 16 at least). */
  urlKeyBytes: 32,
  /** Expunged messages that one transaction of the collector lets go. */
  collectedPerWrite: 200,
  /** How far above all values that a backup can have missed a restore puts UIDVALIDITY (seconds) and MODSEQ. */
  restoreGap: 1_000_000,
  /** Time between two rounds of the collector. */
  collectEveryMs: 10 * 60 * 1000,
  /** Message ids of one message that thread it: its own, the newest references, the first. */
  threadKeys: 16,
  /** Accounts without a quota, or something else, that are remembered as such. */
  accountsWithout: 100_000,
  /** Free bytes on the disk below which no message is taken in. */
  freeBytes: 64 * 1024 * 1024,
  /** How old the knowledge of the free bytes may be. */
  freeBytesAgeMs: 1_000,
} as const
