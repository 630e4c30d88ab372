// Every limit of the search index.

export const limits = {
  /** Characters of a run of letters and digits that stay one word; a longer run is kept as pieces of that length, each beginning `wordStep` after the last. */
  wordCharacters: 40,
  /** What is looked for in one word is no longer than this: any run of so many characters lies whole in one piece. */
  wordStep: 20,
  /** Different words of one message's header or body; a message with more is read by each search. */
  wordsPerMessage: 30_000,
  /** Octets of one text part, and of all text parts, of a message whose body is indexed; a message with more is read by each search. */
  partBytes: 512 * 1024,
  bodyBytes: 1024 * 1024,
  /** Octets of the header of a message that is a file. */
  headerBytes: 64 * 1024,
  /** Octets read at once of a message that is a file. */
  rangeBytes: 256 * 1024,
  /** UTF-8 octets of one message's From, To, ...; a message with more is read by searches of that field. */
  fieldBytes: 4 * 1024,
  /** UTF-8 octets of such texts in one row. */
  fieldRowBytes: 64 * 1024,
  /** Messages, or octets of them, that wait unindexed until a segment is made of them: searches read them. */
  waitingMessages: 64,
  waitingBytes: 8 * 1024 * 1024,
  /** Messages and octets of them that a new segment takes in. */
  batchMessages: 512,
  batchBytes: 16 * 1024 * 1024,
  /** Octets of messages read from the database at once. */
  readBytes: 1024 * 1024,
  /** Neighbouring segments of about one size that become one. */
  mergedSegments: 8,
  /** Messages of the largest segment that merging makes. */
  segmentMessages: 8 * 1024,
  /** Rows of words that each segment has, by a hash of the word. */
  buckets: 32,
  /** Of them, those read in one statement; all are read only if the words of the first ones leave a message open. */
  bucketsAtOnce: 8,
  /** Words of what is looked for that the index is asked about; the message decides anyway. */
  patterns: 4,
  /** Octets of rows written or removed in one transaction: some milliseconds. */
  writeBytes: 512 * 1024,
  /** How long the index works before others have their turn. */
  turnMs: 5,
  /** How long it rests in the background after each such turn: until others have left `idlePart` of such a rest unused, but no longer than the other. */
  restMs: 10,
  idlePart: 1 / 2,
  longestRestMs: 200,
  /** How long it waits after the start of the server, and after a change that makes an account worth indexing. */
  startMs: 10_000,
  settleMs: 1_000,
  /** Messages counted in one read. */
  countedAtOnce: 10_000,
  /** Accounts looked at in one read on the way through all of them. */
  accountsPerRead: 100,
  /** Accounts whose waiting messages are counted in memory; beyond, all accounts are looked through again. */
  countedAccounts: 100_000,
  /** The part of a segment's messages that may be gone before it is written anew, and for how long any may be in it. */
  gonePart: 1 / 8,
  goneMs: 24 * 60 * 60 * 1000,
  /** Time between two looks for messages that are gone. */
  sweepEveryMs: 60 * 60 * 1000,
  /** Messages of an account that are gone, looked at together; the rest after those. */
  goneAtOnce: 10_000,
  /** Accounts whose gone messages are looked at in one such round's read. */
  sweptAccounts: 100,
} as const
