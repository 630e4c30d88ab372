// Limits of the queue.

const minuteMs = 60_000
const hourMs = 60 * minuteMs

export const limits = {
  /** Messages of one account that wait at once for a time that it chose. */
  scheduledPerAccount: 1_000,
  /** Their octets. */
  scheduledBytesPerAccount: 500_000_000,

  // What a carriage may set otherwise (Schedule).
  /** Waiting after each try in vain; the last for all further ones. */
  retryMs: [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 4 * hourMs],
  /** How much longer a wait may be by chance, so that what came together does not come again together. */
  jitter: 0.1,
  /** From the release on, tries go on for so long. */
  giveUpMs: 5 * 24 * hourMs,
  /** From the release on: the sender is told of the delay, once. */
  tellDelayMs: 4 * hourMs,

  /** How long what is in hand stays ours unless it is renewed, which happens at half time. */
  leaseMs: 10 * minuteMs,
  /** The clock may be set while we sleep: no sleep is longer. */
  longestSleepMs: 5 * minuteMs,
  /** After a fault of ours, when not even that could be written down. */
  afterFaultMs: minuteMs,

  /** Hops whose next time is known; of what is left out it is known when to look again. */
  hops: 50_000,
  /** Of a full agenda: entries that are looked at for one that is due later than what comes in. */
  hopsLookedAt: 64,
  /** Hops that are served at once, or wait for their turn with the carriage. */
  lines: 2_000,
  /** A courier that has nothing more to bring waits so long for what is accepted next, while few hops want one: asking anew costs more. */
  lingerMs: 20,
  lingeringLines: 1_000,
  /** A hop that has waited so long for a courier gives back what it has in memory, and its place if another hop wants it. */
  patienceMs: 15_000,
  /** When it asks again then. */
  askAgainMs: minuteMs,
  /** Lanes that are looked up in one read. */
  lanesPerRead: 100,
  /** Lanes of a hop that are known at once. */
  lanesPerLine: 1_000,
  /** Of so many turns of a hop one is of a rank below the most urgent, if one waits; these take turns in that. */
  urgentTurns: 16,
  /** Recipients that are taken up at a time: of a lane, and when all of a hop are put off alike. */
  page: 100,
  pageOfFate: 1_000,
  /** Recipients in hand, in memory and with couriers, beyond which only couriers that have nothing take more up, a few at a time. */
  inHand: 4_000,
  pageWhenFull: 10,
  /** Messages that go from `accept` to their courier without being read again: octets of one, of all; recipients of one lane. */
  handedBytes: 64 * 1024,
  handedBytesOfAll: 16 * 1024 * 1024,
  handedPerLane: 200,
  /** Messages whose bytes stay in memory once they were read, for the next hop that they go to: octets of one, of all. */
  sharedBytes: 64 * 1024,
  sharedBytesOfAll: 4 * 1024 * 1024,
  /** Outcomes that are not written down yet; couriers wait beyond that. */
  unrecorded: 500,
  /** Outcomes that one transaction writes down. */
  recordedAtOnce: 200,
  /** Messages that are brought to mailboxes here at a time. */
  localAtOnce: 16,
  /** Turns of the event loop in which whoever is idle looks again. */
  idleTurns: 4,
  /** At the end: how long couriers have to come back. */
  closeMs: 3_000,

  /** How long a report waits for the first tries of a message's other recipients. */
  gatherMs: minuteMs,
  /** Reports that are written at a time. */
  reportsAtOnce: 8,
  /** Recipients that one report names; the others have one of their own. */
  recipientsPerReport: 100,
  /** A failed message up to this size goes back whole, a larger one as its header. */
  returnedBytes: 128 * 1024,

  triesPerMessage: 20,
  transcriptCharacters: 8_000,
  /** Of what a peer said, as it is kept with the recipient. */
  replyCharacters: 1_000,

  /** Messages on one page of a list, and recipients shown of each. */
  listed: 100,
  listedRecipients: 20,
  /** Recipients of the one message that is shown. */
  shownRecipients: 1_000,
  /** Rows that are looked at in one read or one transaction of a list, an action, the statistics. */
  rowsPerSlice: 1_000,
  hopsInStats: 50,
  accountsInStats: 20,
  /** Hops that are told apart while counting; the rest is counted together. */
  hopsCounted: 100_000,
} as const
