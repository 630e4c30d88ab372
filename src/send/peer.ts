// What a session with one host is, and what it takes to open one (session.ts). A failure to open has touched no recipient: the next host of the
// domain may do better, also where `isPermanent`, which says that this one will say the same again.

import type { Secret } from '#base/secret.ts'
import type { TlsDetails } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { Dialer } from '#io/dialer.ts'
import type { Random } from '#io/random.ts'
import type { RecipientOutcome, RefusedOutcome, Try } from '#mail/outcome.ts'
import type { Capabilities } from '#wire/smtp/capabilities.ts'
import type { TlsResultType } from './judge-tls.ts'
import type { Mail } from './mail.ts'
import type { PeerTimeouts } from './timeouts.ts'
import type { TlsDemand } from './tls-demand.ts'

export interface PeerNeeds {
  /** Asked a second time where a handshake failed that nobody insisted on: then it goes on in the clear. */
  readonly dialer: Dialer
  readonly clock: Clock
  /** For the nonces of logins. */
  readonly random: Random
  /** The RFC's unless given. */
  readonly timeouts?: Partial<PeerTimeouts>
}

export interface PeerPlan {
  /** The name that its MX or the configuration has; the address where there is no name. */
  readonly host: string
  /** IP address. */
  readonly address: string
  readonly port: number
  /** The address of this machine to come from; undefined: the system's choice. */
  readonly localAddress: string | undefined
  /** What we call ourselves. */
  readonly helloName: string
  readonly tls: TlsDemand
  /** TLS before anything is said (465). */
  readonly implicitTls: boolean
  /** A name and a password are shown under TLS only, or where `tls` is `none`: then somebody has said so. */
  readonly credentials: Credentials | undefined
  readonly connectMs: number
  readonly minimumTls: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3'
}

export interface Credentials {
  readonly user: string
  readonly password: Secret
}

export interface PeerFailure {
  readonly kind: 'failure'
  readonly at: 'connect' | 'greeting' | 'hello' | 'tls' | 'auth'
  readonly outcome: RefusedOutcome
  /** The host said no for good (5xx) to whatever comes from us. */
  readonly isPermanent: boolean
  readonly try: Try
  /** Undefined: it never came to the question of TLS. */
  readonly tlsResult: TlsResult | undefined
}

/** What the daily report says of the connection (RFC 8460 4.3). */
export interface TlsResult {
  /** Undefined: as it should be. */
  readonly resultType: TlsResultType | undefined
  /** In words, of a failure. */
  readonly reason: string | undefined
  /** Our end of the connection. */
  readonly localAddress: string
}

export interface PeerTls {
  readonly details: TlsDetails
  /** `DANE`, `MTA-STS`, `a trusted certificate`; undefined: nobody asked. */
  readonly verifiedBy: string | undefined
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384, verified by DANE`. */
  readonly text: string
}

export interface PeerSession extends AsyncDisposable {
  readonly kind: 'session'
  readonly plan: PeerPlan
  readonly capabilities: Capabilities
  /** Undefined: in the clear. */
  readonly tls: PeerTls | undefined
  readonly tlsResult: TlsResult
  /** What openPeer did and heard: for who only wants to look. */
  readonly opening: Try
  /** Messages that `deliver` was called with. */
  readonly mails: number
  /** False when the peer takes no more (RFC 9422), said so (421), or is gone. */
  readonly isUsable: boolean
  /** Between two messages: the peer has ended, or said something unasked. Looks, and waits for nothing. */
  readonly isGone: boolean
  /**
   * One message at a time. The outcomes are in the order of the recipients; more of them than the peer takes at once go as several messages.
   * Rejects on a fault of ours alone (the bytes can't be read); then the session is not usable.
   */
  deliver(mail: Mail): Promise<Delivery>
}

export interface Delivery {
  readonly outcomes: readonly RecipientOutcome[]
  /** The peer had left before it heard of this message: its first answer was 421, or there was none. Another connection may be tried at once. */
  readonly wasStale: boolean
  readonly try: Try
}
