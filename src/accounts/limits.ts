// Every limit of this folder.

export const limits = {
  /** Of a local part, in UTF-8 (RFC 5321 4.5.3.1.1). */
  localPartBytes: 64,
  /** Of a domain, in ASCII (RFC 1035 2.3.4, without the root's dot). */
  domainBytes: 253,
  /** Of a password, in UTF-8: more would only cost time. */
  passwordBytes: 1024,
  /** Hashes at work at once: each takes a thread of the pool that the store's fdatasync also needs, and 19 MiB. */
  hashesAtOnce: 2,
  /** Hashes that may wait for their turn (some 15 s of work); beyond it logins are turned away. */
  hashesWaiting: 1_000,
  /** What a login is told to wait when there were more. */
  busyRetryMs: 10_000,
  /** Addresses whose owner is remembered between reads of the database. */
  rememberedAddresses: 10_000,
  /** Accounts whose last right password is remembered, as a keyed digest. */
  rememberedLogins: 10_000,
  rememberedLoginMs: 600_000,
  /** Items of one page of a list. */
  pageItems: 500,
} as const
