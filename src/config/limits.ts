// Every limit of this folder.

export const limits = {
  /** Of a configuration file. */
  fileBytes: 1_048_576,
  /** What recipients of one message may be set to. */
  recipients: 100_000,
  /** What any other number of things may be set to. */
  count: 10_000_000,
  /** Of a unix socket's path: the system takes 108 octets, some 104. */
  socketPathCharacters: 100,
  /** Of the text that a header field may not have in it. */
  ruleCharacters: 1_000,
  /** Clients' certificates that are named one by one. */
  certificates: 100_000,
} as const
