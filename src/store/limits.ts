// Limits of the store.

export const limits = {
  /** Messages up to this size lie in the database and wait in memory; larger ones are files. */
  inlineBytes: 128 * 1024,
  /** First octets of a message that SpooledMessage.head shows. */
  headBytes: 64 * 1024,
  /** Octets a large message gathers in memory while as many are written to its file; no fewer than `inlineBytes`. Twice as many were hardly faster, and each slow sender holds two such buffers. */
  spoolChunkBytes: 128 * 1024,
  /** A mailbox's whole name in UTF-8. */
  nameBytes: 1_000,
  /** Levels of a mailbox's name. */
  nameLevels: 50,
  mailboxesPerAccount: 10_000,
  /** Keywords on one message; further ones are not set. */
  keywordsPerEntry: 128,
  /** Combinations of keywords kept to be shared by the messages that have them. */
  keptKeywords: 1_000,
  /** Rows that one statement of a bulk read brings. */
  rowsPerRead: 8_192,
  /** Closed mailbox views kept current for their reopening. */
  closedViews: 64,
  /** Messages in all closed views together: about 60 bytes each. */
  closedViewMessages: 500_000,
  /** How long an expunged message's bytes are kept. */
  keepExpungedMs: 14 * 24 * 60 * 60 * 1000,
  /** Expunged messages that one transaction of the collector lets go. */
  collectedPerWrite: 200,
  /** Time between two rounds of the collector. */
  collectEveryMs: 10 * 60 * 1000,
  /** Message ids of one message that thread it: its own, the newest references, the first. */
  threadKeys: 16,
  /** Accounts without a quota that are remembered as such. */
  unlimitedAccounts: 100_000,
  /** Free bytes on the disk below which no message is taken in. */
  freeBytes: 64 * 1024 * 1024,
  /** How old the knowledge of the free bytes may be. */
  freeBytesAgeMs: 1_000,
} as const
