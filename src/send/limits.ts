// Every limit of this folder that is no setting (those are in settings.ts).

const minuteMs = 60_000

/** Routes, pace, pool: who may connect where, and when. */
export const limits = {
  /** Rules, routes, pools and sources of one pool that a configuration may have. */
  rules: 1_000,
  routes: 1_000,
  pools: 1_000,
  sources: 256,
  /** What the settings of the same names may say at most. */
  connections: 10_000,
  recipients: 1_000,
  warmUpDays: 366,
  /** Waiting times of a schedule, and the shortest. */
  retries: 100,
  shortestRetryMs: 1_000,
  /** Domains of one rule. */
  ruleDomains: 10_000,
  /** Open at once to a provider of which nothing is known yet. */
  firstConnections: 5,
  /** Paces (a source and a provider) kept in mind; those at work are never forgotten. */
  paces: 50_000,
  /** When there are too many, this part of them goes at once. */
  forgottenShare: 0.1,
  /** Messages that one courier brings while those of other hops wait for the same provider. */
  turnMessages: 20,
  /** Complaints (421, 4.7.x) that come together count as one. */
  slowOnceMs: 10_000,
  /** A pace that was halved doubles in this time, and is its old self after `slowForgottenMs`. */
  slowDoublesMs: 10 * minuteMs,
  slowForgottenMs: 2 * 60 * minuteMs,
  /** Nobody is slowed below this. */
  slowestPerMinute: 1,
  /** Part of a minute's messages that may go at once. */
  burstMs: 10_000,
  /** Hosts of which it is remembered that they could not be reached, and for how long they are spared: doubling from the first to the longest. */
  deadHosts: 50_000,
  firstSpareMs: minuteMs,
  longestSpareMs: 30 * minuteMs,
  /** Hops that an operator wants to be tried by nothing that is remembered, and that nobody went to yet. */
  lookedAgain: 50_000,
  /** After so long without a try what was known of a dead host is forgotten. */
  deadForgottenMs: 24 * 60 * minuteMs,
  /** Hosts, and addresses of one host, that one message is tried at. */
  hostsTried: 5,
  addressesTried: 4,
  /** How long an address may be silent before the next is tried beside it (RFC 8305 5). */
  raceMs: 250,
  /** Open connections that wait for a next message: in all, and to one host. */
  idle: 200,
  idlePerHost: 20,
  /** Connections that one message may need, where each takes only some of its recipients (RFC 9422). */
  connectionsPerMessage: 20,
  /** Where this part of all connections is open, or of those for which there is always time and no time for more, whom nobody has reached yet gets one at a time. */
  crowdedShare: 0.5,
  /** Connections at work that there may be without a look at whether the thread has time for more; */
  busyConnections: 50,
  /** of its time to spare one more costs so much, of which so much is remembered; of time without a pause this part counts as spare. */
  openingMs: 1,
  spareMs: 20,
  busyShare: 0.02,
  /** How often whoever waits for it asks again. */
  spareAgainMs: 5,
  /** A connection older than this takes no more messages. */
  connectionLifeMs: 5 * minuteMs,
  /** Hops whose hosts are looked up at once. */
  lookupsAtOnce: 100,
  /** Destinations, one after the other, that let nobody connect before port 25 counts as blocked; and how long until it is tried again. */
  blockedAfter: 5,
  blockedAgainAfter: 2,
  blockedMs: 15 * minuteMs,
  /** What is remembered of an IPv6 address's PTR record. */
  pointerRightMs: 60 * minuteMs,
  pointerWrongMs: 10 * minuteMs,
  /** Names of one address that are followed. */
  pointerNames: 5,
  /** Sources and providers whose warm-up is counted. */
  warmUps: 100_000,
  /** Counts of the warm-up are written at the latest after so long. */
  warmUpWriteMs: 30_000,
  /** Who was sent nothing for so long begins anew. */
  warmUpForgottenMs: 30 * 24 * 60 * minuteMs,
  /** Characters of a reply that a suspended destination is explained with. */
  quotedCharacters: 300,
  /** Octets of a file with a smarthost's password. */
  passwordBytes: 4096,
  /** Lines of one look at the paces. */
  listedPaces: 100,
} as const

/** One connection and what is said over it. */
export const sessionLimits = {
  /** A message up to this size goes in one chunk and one write, where the peer takes chunks (RFC 3030). */
  sentAtOnceBytes: 64 * 1024,
  /** Octets of a message that are read, and sent in one chunk. */
  chunkBytes: 128 * 1024,
  /** Recipients of one message that are named at a time, whatever the peer allows. */
  recipients: 1_000,
  /** Messages that one message to many becomes for a peer that takes few recipients at a time, before the rest waits. */
  rounds: 50,
  /** Characters of a transcript that are kept: so many from its begin, so many from its end. */
  transcriptHead: 3_000,
  transcriptTail: 4_500,
  /** Characters of a reply that an outcome carries. */
  replyCharacters: 2_000,
  /** What a server may make us work for one login (RFC 5802 5.1). */
  scramIterations: 1_000_000,
} as const
