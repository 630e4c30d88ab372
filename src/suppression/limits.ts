// Every limit of this folder.

const dayMs = 86_400_000

export const limits = {
  /** Recipients that one account or one domain has on its list by hand and by import. What is added by itself expires. */
  perScope: 1_000_000,
  /** How long a list that has nobody on it is taken to be empty still, for another node may add to it. */
  emptyMs: 5_000,
  /** Of how many lists that is known. */
  emptyLists: 20_000,
  /** Entries of one call of `import`. */
  importedAtOnce: 1_000,
  /** Of the reply or the note that stands with an entry. */
  detailCharacters: 500,
  /** Items of one page of a list. */
  pageItems: 500,
  /** Entries past their time that go with each one that is added. */
  purgedForEachAdded: 10,
  /** How long an address that its host does not know is not tried again: people come back, and addresses are given anew. */
  unknownMs: 90 * dayMs,
  /** How long after a complaint. */
  complaintMs: 730 * dayMs,
  /** How long it is known what was sent to whom, for the reports that come later. */
  sentMs: 30 * dayMs,
  /** Of those, at most; then the oldest are forgotten first. */
  sentRecipients: 1_000_000,
  /** How many of them go with each that is noted, once they are too old or too many. */
  forgottenForEachNoted: 2,
  /** Recipients of one message that a report is compared with. */
  sentOfMessage: 10_000,
  /** What was heard of outcomes is written down after so long, or once there are `outcomesAtOnce`. */
  notedAfterMs: 1_000,
  /** Outcomes that wait to be written down; what comes while so many wait is not noted. */
  waitingOutcomes: 20_000,
  /** Of them in one transaction. */
  outcomesAtOnce: 500,
  /** A line of an imported list. */
  lineCharacters: 4_096,
} as const
