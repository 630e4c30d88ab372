// Limits of what DNS, policies and reports bring to this folder; those of routes, pace and sessions are in limits.ts.

const hourMs = 3_600_000

export const nameLimits = {
  /** Hosts of one domain whose addresses are looked up, best first, and addresses of one host. */
  hosts: 15,
  addresses: 20,
  /** Domains that a policy's outcome is kept of in memory until it is written, and kinds of failures of one of them in a day. */
  reportedDomains: 10_000,
  failuresPerDomain: 100,
  /** What was counted is written at the latest after so long. */
  resultsWrittenMs: 60_000,
  /** Rows in all: of what comes on top nobody is told. */
  resultRows: 1_000_000,
  /** Addresses that one domain's reports go to. */
  reportAddresses: 3,
  /** A report that could not be handed in is tried again after so long, and given up this long after its day. */
  reportAgainMs: hourMs,
  reportGivenUpMs: 24 * hourMs,
  /** Reports of a day are spread over so long, so that nobody gets those of all the world at once (RFC 8460 4.1). */
  reportSpreadMs: 4 * hourMs,
  /** Reports that are looked up at once, kinds of results of one, and characters of a reason. */
  reportsAtOnce: 100,
  resultsPerReport: 1_000,
  reportedCharacters: 200,
  /** Handing one in by HTTPS. */
  reportPostMs: 30_000,
  reportAnswerBytes: 4096,
} as const
