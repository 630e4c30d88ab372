// Every limit of this folder.

export const limits = {
  /** Of a line typed or piped in: a password. */
  lineBytes: 4_096,
  /** Of a text piped in: a bounce. */
  textBytes: 1_048_576,
  /** Characters of a line of prose. */
  lineWidth: 100,
  /** Accounts that `dev` lists at its start. */
  shownAccounts: 20,
  /** Characters of a subject in a table. */
  shownSubject: 50,
  /** Messages that are restored by one request. */
  restoredAtOnce: 200,
  /** Characters of base64 of an import's messages in one request (control/limits.ts); one more message may come behind them. */
  importedBytes: 1_048_576,
  /** What an account may be allowed to send within an hour or a day. */
  sentAtMost: 1_000_000_000,
  /** Lines of an imported list that are complained about one by one. */
  shownComplaints: 20,
  /** How often a long import tells how far it is. */
  tellsEveryMs: 1_000,
  /** Answers in a row without a message more in the search index, after which its making is given up. */
  standstills: 10,
  /** How long a stopping server may take before the process ends all the same: the promise is 5 s. */
  stopMs: 4_500,
  /** And the process, whatever is open still. */
  endMs: 4_900,
} as const
