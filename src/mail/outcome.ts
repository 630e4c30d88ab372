// What became of one recipient at one try, and what was said on the way: from the relay to the queue, its reports and whoever asks.

/** Why a recipient was not reached; the table that tells them apart is in outcome-class.ts. */
export type OutcomeClass =
  | 'recipient-unknown'
  | 'mailbox-full'
  | 'policy'
  | 'reputation'
  | 'authentication'
  | 'content'
  | 'too-large'
  | 'rate'
  | 'dns'
  | 'network'
  | 'tls'
  | 'protocol'
  | 'ours'
  /** The reply is too vague to judge. */
  | 'unclear'

export type RecipientOutcome = RelayedOutcome | RefusedOutcome

export interface RelayedOutcome {
  readonly kind: 'delivered'
  /** As the peer said it, in one line: `250 2.0.0 Ok: queued as 4F2`. */
  readonly reply: string
  /** Whether the peer promised to report by itself (it offers DSN, and was told what the sender wants; RFC 3461 5.2.1). */
  readonly peerReports: boolean
  /** The sender wants to hear when it is late (BY with `N`), and from here on nobody watches the time: that is what there is to hear (RFC 2852 4). */
  readonly isUntimed?: true
}

export interface RefusedOutcome {
  /** `deferred`: it may be otherwise later. */
  readonly kind: 'failed' | 'deferred'
  /** Enhanced code (RFC 3463); derived from the code when the peer gave none. */
  readonly status: string
  /** As the peer said it, in one line; or what we say where no peer did: `connection refused by mx.example.org (192.0.2.1)`. */
  readonly reply: string
  readonly class: OutcomeClass
  /** The host that said it; undefined: nobody did, we did. */
  readonly by: string | undefined
  /** Not to be tried before, milliseconds since 1970; undefined: as the schedule says. */
  readonly notBefore: number | undefined
}

/** One try over one connection, as an operator reads it. */
export interface Try {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly tookMs: number
  /** The host's name, or what was asked for when it never came to a host. */
  readonly host: string
  /** IP address and port; undefined: no connection. */
  readonly address: string | undefined
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384, verified by DANE`; undefined: in the clear. */
  readonly tls: string | undefined
  /** What both said, in swaks' marks, one line each, ended by LF; no secret, no octet of the message. */
  readonly transcript: string
}
