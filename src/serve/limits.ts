// Every limit of this folder.

export const limits = {
  /** Connections the system keeps ready to be accepted. */
  backlog: 1024,
  /** Connections that are being told why they are refused; more are reset without a word. */
  refusalsAtOnce: 100,
  /** A refused peer's handshake and the taking of our words together. */
  refusalMs: 5_000,
  /** How long a proxy may take to send its PROXY header. */
  proxyHeaderMs: 5_000,
  /** Connections whose PROXY header is still awaited, on one listener; more are reset. */
  proxyHeadersAtOnce: 1_000,
  /** The longest line of version 1, CRLF included, as its specification has it. */
  proxyLineBytes: 107,
  /** A whole header of version 2: room for a client's certificate among its extensions. */
  proxyHeaderBytes: 8_192,
  /** Descriptors of the process that no connection takes: databases, listeners, the log. */
  reservedDescriptors: 64,
  /** Of the descriptors beyond those, the share that connections may take; the others are for the files of their messages. */
  connectionShare: 0.75,
  /** What would fill the log under a flood is written once in this time, with a count. */
  sameEventEveryMs: 5_000,
  /** After their channels were destroyed, sessions have so long to end. */
  settleMs: 500,
} as const
