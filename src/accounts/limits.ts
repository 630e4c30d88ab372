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
  /** Rounds of PBKDF2 in SCRAM's keys. RFC 7677 4: at least 4,096; about 15,000 take 0.1 s of a small machine, and each login of a client costs it as much. */
  scramIterations: 15_000,
  /** Keys of an OAuth issuer are read again for a token of an unknown key, but not more often. */
  tokenKeysAgainMs: 10_000,
  /** How far the clocks of the issuer and ours may be apart. */
  tokenClockSkewMs: 30_000,
  /** Addresses whose owner is remembered between reads of the database. */
  rememberedAddresses: 10_000,
  /** Accounts whose last right password is remembered, as a keyed digest. */
  rememberedLogins: 10_000,
  rememberedLoginMs: 600_000,
  /** Addresses and domains that one account may send as. */
  sendAsOfAccount: 100,
  /** Targets of one alias. */
  aliasTargets: 200,
  /** Addresses that one account forwards to. */
  forwardsOfAccount: 20,
  /** Addresses of ours that are looked at on the ways that mail to one address takes. */
  forwardSteps: 500,
  /** Where the ways of one address lead to more, they are not remembered. */
  rememberedTargets: 20,
  /** Days for which a sender's address is kept that a return (SRS) may go to. */
  keptSenderDays: 40,
  /** Such senders at most; beyond it the oldest are forgotten first. */
  keptSenders: 1_000_000,
  /** Old ones that a write takes away for each that it adds: so they never gather. */
  purgedForEachKept: 2,
  /** Capabilities that are hidden from one account. */
  hiddenOfAccount: 100,
  /** Items of one page of a list. */
  pageItems: 500,
} as const
