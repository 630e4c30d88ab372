// Every limit of this folder.

export const limits = {
  /** Bytes read ahead of the session; above it the socket is paused, and TCP holds the peer. */
  unreadBytes: 64 * 1024,
  /** Pieces read ahead before they are joined: a peer that sends single octets would else cost 200 bytes for each. */
  unreadPieces: 32,
  /** Queued bytes that are handed to the socket without waiting for a flush. */
  queuedBytes: 64 * 1024,
  /** More pieces than this are copied into one; fewer go out as they are, in one gathering write. */
  gatheredPieces: 8,
  /** Bytes the peer has not taken yet; above it a flush waits. */
  unsentBytes: 128 * 1024,
  /** How long a flush waits for a peer that takes nothing (RFC 5321 4.5.3.2 and RFC 9051 5.4 ask no more of us). */
  flushTimeoutMs: 5 * 60_000,
  /** A peer slower than this is as good as gone; adds to `flushTimeoutMs` for what is unsent. */
  slowestPeerBytesPerSecond: 4096,
  /** Of a compressed channel what the deflater remembers: 2^13 octets, some 50 kB in all where zlib would take 256. */
  deflateWindowBits: 13,
  deflateMemoryLevel: 6,
  /** zlib's effort, 1 to 9: more of it hardly makes mail smaller. */
  deflateLevel: 5,
  /** Octets inflated at once; a few of these wait for the session. */
  inflatedBytes: 16 * 1024,
  /** Octets in which a compressed stream ends that has nothing more to say. */
  deflateEndBytes: 256,
  /** The whole TLS handshake. */
  handshakeTimeoutMs: 30_000,
  /** How long `close` waits until the last bytes have gone out. */
  closeTimeoutMs: 30_000,
  /** How long `close` then waits for the peer's end, so that the last reply is not cut off by a reset. */
  lingerMs: 2_000,
  /** Certificates of a peer's chain that are told, its own one included. */
  chainCertificates: 20,
  /** Entries of a certificate's subjectAltName that are looked at. */
  certificateNames: 1_000,
  /** Records of one DNS answer that are kept: more than any honest name has. */
  dnsRecords: 50,
  /** CNAMEs that follow each other. */
  dnsAliases: 8,
  /** What we say we take by UDP: what passes everywhere in one piece (RFC 9715). More comes by TCP, up to 64 kB by its nature. */
  dnsUdpBytes: 1232,
  /** Questions on their way at once, and those that wait for a turn; what comes on top gets no answer. */
  dnsQuestions: 200,
  dnsWaiting: 20_000,
  /** Name servers of the system that are asked in turn. */
  dnsServers: 3,
  /** Octets of answers that are remembered, each counted with what it costs besides; and of one. */
  dnsCacheBytes: 8 * 1024 * 1024,
  dnsAnswerBytes: 8 * 1024,
  dnsAnswerCost: 512,
  /** However long a record says it may be remembered; and a "there is none" (RFC 2308 5). */
  dnsRememberMs: 3_600_000,
  dnsRememberNoneMs: 300_000,
  /** Lines of the log that wait for the end of the turn. */
  logLinesAtOnce: 500,
  /** Octets of log lines that are not held back to the end of the turn. */
  logBytesAtOnce: 32 * 1024,
  /** How long a reader of the log may keep us from all else before lines are lost, and how often we look. */
  logWaitMs: 200,
  logWaitStepMs: 10,
} as const
