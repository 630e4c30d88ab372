// Every limit of this folder.

export const limits = {
  /** Of one request's line: some messages of an import; all else is far shorter. */
  requestBytes: 2_097_152,
  /** Of one answer's line: a page of a list is far shorter. */
  answerBytes: 16_777_216,
  /** Texts of a field that holds several: targets of an alias. */
  texts: 1_000,
  /** Connections at once to the control socket. */
  connections: 32,
  /** Aliases shown with an account. */
  shownAliases: 100,
  /** Recipients shown with a message in a list of the queue. */
  shownRecipients: 20,
  /** Messages of `send-test` that are followed at once; what is told of each. */
  followedTests: 32,
  testSteps: 100,
  /** Addresses of one host that a probe connects to. */
  probedAddresses: 8,
  /** How long a probe waits for a connection, and for each answer. */
  probeMs: 10_000,
  /** How long one request waits for news of a test message. */
  followMs: 5_000,
  /** Entries of the list of suppressed recipients in one request. */
  suppressedAtOnce: 500,
  /** Entries of access control lists in a page, and those of one mailbox more. */
  aclEntries: 1_000,
  /** Removed messages in a page; the command line asks for so many to be restored at once. */
  deletedPerPage: 200,
  /** Messages whose beginnings are in memory at once, each of up to `deletedHeadBytes`. */
  deletedAtOnce: 16,
  deletedHeadBytes: 65_536,
  /** Characters of a subject that are listed. */
  subjectLength: 200,
  /** How long one request works at a search index: so often the command line tells how far it is. */
  indexTurnMs: 1_000,
  /** Findings of a check that are listed. */
  findings: 1_000,
} as const
