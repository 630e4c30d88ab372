// Every limit of this folder.

export const limits = {
  /** Of one request's line: some messages of an import; all else is far shorter. */
  requestBytes: 2_097_152,
  /** Of one answer's line: a page of a list is far shorter. */
  answerBytes: 16_777_216,
  /** Connections at once to the control socket. */
  connections: 32,
  /** Aliases shown with an account. */
  shownAliases: 100,
  /** Recipients shown with a message in a list of the queue. */
  shownRecipients: 20,
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
