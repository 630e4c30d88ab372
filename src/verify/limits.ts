// Every limit of this folder.

export const limits = {
  /** Addresses whose names and listings are remembered, and for how long. */
  peers: 10_000,
  peerMs: 600_000,
  /** Names of one address that are looked up in turn (RFC 8601 2.7.3 wants a limit). */
  confirmedNames: 5,
  /** Characters of a blocklist's own words. */
  listingText: 200,
  /** DKIM signatures of one message that are verified; those further down are as if they were not there. */
  signatures: 10,
  /** Messages that wait for the thread or are in it; what comes on top has to come again. */
  waiting: 200,
  /** One message with all its questions to DNS. */
  verifyMs: 20_000,
  /** A thread that says nothing for so long, while a message in it that is out of time waits for nothing from us, is ended. */
  stuckMs: 10_000,
  /** From its start on, keys of signatures are looked up for so long; then SPF may take so long. What is left of `verifyMs` is for the author's policy: whoever wrote a false message names the others, which may never answer. */
  keysMs: 5_000,
  spfMs: 7_000,
  /** Octets of a message that the thread asks for at once. */
  readBytes: 256 * 1024,
  /** After so long without work the thread ends and gives its memory back. */
  threadIdleMs: 10 * 60_000,
  /** A thread of mail in quick succession never needs more. */
  threadMegabytes: 256,
  /** Certificates of one server, TLSA records of one host: more than any honest one has. */
  chainCertificates: 10,
  tlsaRecords: 32,
  /** Signatures that are looked at on the way from a server's certificate to the one that a record names. */
  chainSignatures: 20,
  /** Elements of a certificate side by side. */
  certificateElements: 100,
  /** A policy of MTA-STS (RFC 8461 3.3): its octets, the hosts it names, the time to get it. */
  stsBytes: 64 * 1024,
  stsPatterns: 200,
  stsFetchMs: 15_000,
  /** RFC 8461 3.2: a policy's longest life, whatever it says. */
  stsLifeSeconds: 31_557_600,
  /** A policy whose id stays the same is fetched anew after so long, lest it ends unseen (RFC 8461 10.2). */
  stsRefreshMs: 24 * 3_600_000,
  /** After a fetch in vain nobody is asked again for so long (RFC 8461 3.3). */
  stsAgainMs: 10 * 60_000,
  stsRecentFailures: 10_000,
  /** Policies in memory, and in the database. */
  stsRemembered: 10_000,
  stsRememberMs: 3_600_000,
  stsKept: 200_000,
  /** How often it is looked which policies want to be fetched anew, and how many are at a time. */
  stsRoundMs: 3_600_000,
  stsRoundPolicies: 100,
} as const
