// Every limit of this folder, and the settings it starts from.

const minuteMs = 60_000

export const limits = {
  /** Addresses, networks or accounts that one throttle keeps in mind; the one that was quiet longest goes first. */
  remembered: 50_000,
  /** Addresses of which it is remembered whether they are trusted; when there are more, all are forgotten. */
  knownAddresses: 1_000,
  /** Longer login names count as their beginning. */
  userCharacters: 320,
  /** Correspondents that are known without asking the database, and for how long: each is noted anew once in that time. */
  knownCorrespondents: 50_000,
  knownCorrespondentMs: 24 * 60 * minuteMs,
  /** Rows too old that a write of the greylist takes away for each that it adds: so they never gather. */
  purgedForEachAdded: 2,
  /** When there are too many waiting ones, this part of them goes at once, the oldest. */
  droppedShare: 0.01,
  /** What accounts send is counted in slots of so long. */
  slotMs: 5 * minuteMs,
  slotsPerHour: 12,
  slotsPerDay: 288,
  /** How long a slot is kept, in days: what is usual for an account is what it sent within them. */
  senderDays: 31,
  /** An account that was quiet for so long is read from the database again. */
  forgetSenderMs: 2 * 60 * minuteMs,
  /** How late counts may come into the database. */
  flushSendersMs: 5_000,
  /** Ends of recipients that count, and for how long. */
  ends: 200,
  endsMs: 24 * 60 * minuteMs,
  /** Items of one page of a list. */
  pageItems: 500,
} as const

export const connectionDefaults = {
  /** Open at once on all listeners that share the throttle. */
  inAll: 10_000,
  /** Open at once from one IPv4 address or IPv6 /64: a household of mail programs, each with 5 to 15. */
  perAddress: 100,
  /** New ones from one network (/24, /64): as many at once, then so many a minute. */
  burst: 200,
  perMinute: 600,
} as const

export const loginDefaults = {
  /** How late the first wrong answer comes; doubles with each. */
  firstDelayMs: 500,
  longestDelayMs: 16_000,
  /** Failures from one network (/24, /64) before it is banned. */
  networkFailures: 20,
  /** Failures against one account, from anywhere, before only networks that logged in to it may try. */
  accountFailures: 100,
  /** The first ban; each further one is twice as long. */
  firstBanMs: 15 * minuteMs,
  longestBanMs: 24 * 60 * minuteMs,
  /** After so long without a failure the past is forgotten. */
  forgetMs: 60 * minuteMs,
  /** A network from which an account logged in stays known to it for this long. */
  knownMs: 30 * 24 * 60 * minuteMs,
} as const

export const recipientDefaults = {
  /** From one network (/24, /64) on MX: as many at once, then the hour's share of them. */
  perHourPerNetwork: 10_000,
  /** By one account on submission. */
  perHourPerAccount: 2_000,
} as const

/** What one account may send. */
export const senderLimitDefaults = {
  messagesPerHour: 1_000,
  messagesPerDay: 5_000,
  recipientsPerHour: 2_000,
  recipientsPerDay: 10_000,
} as const

/** What an account may send to other servers before it is held, if it never sent as much: more needs a past, or an operator. */
export const senderGuardDefaults = {
  messagesPerHour: 20,
  messagesPerDay: 100,
  recipientsPerHour: 100,
  recipientsPerDay: 500,
  /** So many times its busiest hour or day is not unusual either. */
  factor: 2,
  /** So many recipients that refuse for good, and that part of all, are too many. */
  failures: 10,
  failedPercent: 30,
} as const

export const greylistDefaults = {
  /** How long a sender nobody knows waits. */
  delayMs: 5 * minuteMs,
  /** Who has not come again after so long begins anew. */
  waitingMs: 24 * 60 * minuteMs,
  /** Who has passed is known for so long after the last message. */
  forgetMs: 36 * 24 * 60 * minuteMs,
  /** Whom an account wrote to is known to it for so long after it did last. */
  writtenToMs: 730 * 24 * 60 * minuteMs,
  /** Waiting at once; beyond it the oldest are forgotten. */
  mostWaiting: 100_000,
} as const
