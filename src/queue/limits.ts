// Limits of the queue. The schedule is in schedule.ts.

const minuteMs = 60_000
const hourMs = 60 * minuteMs

export const limits = {
  /** Messages of one account that wait at once. */
  heldPerAccount: 1_000,
  /** Their octets. */
  heldBytesPerAccount: 500_000_000,
  /** Messages that one round takes up at a time. */
  atOnce: 16,
  /** The clock may be set while we sleep: no sleep is longer. */
  longestSleepMs: 5 * minuteMs,
  /** After a fault of ours, when not even that could be written down. */
  afterFaultMs: minuteMs,
  /** Waiting after each try that found no room; the last for all further ones. */
  retryMs: [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 4 * hourMs],
  /** How much longer a wait may be by chance, so that what came together does not come again together. */
  jitter: 0.1,
  /** From the release on, tries go on for so long. */
  giveUpMs: 5 * 24 * hourMs,
  /** From the release on: the sender is told of the delay, once. */
  tellDelayMs: 4 * hourMs,
  /** A failed message up to this size goes back whole, a larger one as its header. */
  returnedBytes: 128 * 1024,
  /** Messages on one page of a list. */
  listed: 100,
} as const
