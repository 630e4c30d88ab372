// What is asked about a message, and what is found out.

export type Result = 'pass' | 'fail' | 'softfail' | 'neutral' | 'policy' | 'none' | 'temperror' | 'permerror'

export interface Verified {
  readonly spf: Result
  /** The best of all signatures. */
  readonly dkim: Result
  readonly dmarc: {
    readonly result: Result
    /** What the author's domain asks for; undefined if it publishes nothing. */
    readonly policy: 'none' | 'quarantine' | 'reject' | undefined
    /** The domain of From. */
    readonly domain: string | undefined
  }
  /** The whole Authentication-Results field (RFC 8601) with its CRLF, ASCII. */
  readonly field: string
}

/** As the spool has it. */
export interface ReadableMessage {
  readonly sizeBytes: number
  /** Octets `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>
}

export interface Question {
  /** The peer's IP address. */
  readonly address: string
  /** What the peer called itself. */
  readonly hello: string
  /** Of MAIL; '' for the null path. */
  readonly sender: string
  readonly message: ReadableMessage
}
