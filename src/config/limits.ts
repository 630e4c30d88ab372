// Every limit of this folder.

export const limits = {
  /** Of a configuration file. */
  fileBytes: 1_048_576,
  /** What recipients of one message may be set to. */
  recipients: 100_000,
  /** What any other number of things may be set to. */
  count: 10_000_000,
} as const
