// Every limit of this folder.

export const limits = {
  /** Connections the system keeps ready to be accepted. */
  backlog: 1024,
  /** Connections that are being told why they are refused; more are reset without a word. */
  refusalsAtOnce: 100,
  /** A refused peer's handshake and the taking of our words together. */
  refusalMs: 5_000,
  /** What would fill the log under a flood is written once in this time, with a count. */
  sameEventEveryMs: 5_000,
  /** After their channels were destroyed, sessions have so long to end. */
  settleMs: 500,
} as const
