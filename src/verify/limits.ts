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
} as const
