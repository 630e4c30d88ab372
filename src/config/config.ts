// The whole configuration, complete: every default filled in, every path absolute. What each part of the server receives is one room of it.

import type { TokenSettings } from '#accounts/access-tokens.ts'
import type { LogLevel } from '#io/log.ts'
import type { OnDeleteSetting } from '#retrieval/policy.ts'
import type { Pinning } from '#retrieval/retrieval.ts'
import type { SendSettings } from '#send/settings.ts'
import type { Place } from '#serve/bind.ts'
import type { ConnectionLimits } from '#throttle/connections.ts'
import type { GreylistLimits } from '#throttle/greylist.ts'
import type { LoginLimits } from '#throttle/login-backoff.ts'
import type { RecipientLimits } from '#throttle/recipient-rate.ts'
import type { GuardLimits } from '#throttle/sender-burst.ts'
import type { SenderLimits } from '#throttle/sender-limits.ts'
import type { CertificateFiles } from '#tls/contexts.ts'
import type { Blocklist } from '#verify/peer-checks.ts'

export type ListenerProtocol = 'mx' | 'submission' | 'lmtp' | 'imap' | 'pop3'

export interface ListenerConfig {
  /** Stands in the log and in `status`: `imaps`. Unique. */
  readonly name: string
  readonly protocol: ListenerProtocol
  /** A port of an IP address of this machine (`::` or `0.0.0.0`: of all of them), or a unix socket. */
  readonly place: Place
  /** `implicit`: TLS from the first octet; `starttls`: the client asks for it (STARTTLS, STLS); `none`: LMTP alone. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** Networks of proxies in front: what comes from there must begin with a PROXY header. */
  readonly proxyFrom: readonly string[]
  /** Networks of servers in front that are believed when they speak for another host (XCLIENT). */
  readonly xclientFrom: readonly string[]
  /** The same for where a message came in before (XFORWARD). */
  readonly xforwardFrom: readonly string[]
}

export interface LimitsConfig {
  readonly messageBytes: number
  /** Of one message by SMTP. */
  readonly recipients: number
  /** Domains of the recipients of one SMTP session. */
  readonly recipientDomains: number
  /** Messages by one SMTP session. */
  readonly mailsPerSession: number
  /** An SMTP session that is older ends after the message that is under way. */
  readonly connectionLifeMs: number
  /** How far ahead a message may be held (FUTURERELEASE). */
  readonly longestHoldMs: number
  /** How long a full mailbox gets a temporary refusal (452); then 552. */
  readonly quotaGraceMs: number
  /** How long removed messages can be restored. */
  readonly undeleteMs: number
  /** What must stay free on the disk: below it mail is refused for the time being (4.3.1). */
  readonly freeBytes: number
}

/** How mail from other servers is taken. */
export interface ReceiveConfig {
  /** Of a message that has a bare CR or LF. */
  readonly bareLineEnds: 'refuse' | 'normalise'
  /** How long another server has to keep silent before our greeting. */
  readonly bannerDelayMs: number
  /** After so many refusals the next answer waits `firstMs`, each further one twice as long; 0: none does. */
  readonly tarpit: { readonly after: number; readonly firstMs: number; readonly longestMs: number }
  readonly greylist: GreylistConfig
  readonly requireReverseName: boolean
  readonly blocklists: readonly Blocklist[]
  /** A message whose header field has this text in it is refused. */
  readonly refuseContent: readonly { readonly field: string; readonly contains: string }[]
  /** Whether SPF, DKIM and DMARC are looked at, of mail from public addresses. */
  readonly authenticate: boolean
  /** What becomes of mail whose DMARC policy is reject. */
  readonly dmarcReject: 'refuse' | 'junk'
}

export type GreylistConfig = GreylistLimits & { readonly enabled: boolean }

/** What accounts send. */
export interface SendersConfig {
  /** Whether MAIL FROM towards other servers carries a token, by which reports find their message. */
  readonly verp: boolean
  readonly limits: SenderLimits & { readonly enabled: boolean }
  /** Holds what is unusual for an account. */
  readonly guard: GuardLimits & { readonly enabled: boolean }
}

export interface ThrottlesConfig {
  /** Networks (`127.0.0.1/32`) that are never slowed down or shut out. */
  readonly trustedNetworks: readonly string[]
  readonly connections: ConnectionLimits
  readonly login: LoginLimits
  readonly recipients: RecipientLimits
}

/** What logins there are besides those that are always there. */
export interface AuthConfig {
  /** SCRAM-SHA-1, for programs that know no better. */
  readonly scramSha1: boolean
  /** Tokens of an issuer (OAUTHBEARER, XOAUTH2); undefined: none. */
  readonly oauth: TokenSettings | undefined
  readonly clientCertificates: {
    /** PEM files of those who vouch for clients' certificates; none: no client is asked for one (EXTERNAL). */
    readonly authorities: readonly string[]
    /** Accounts' addresses by the SHA-256 of a certificate, in lower case hexadecimal, where it does not name them itself. */
    readonly accounts: Readonly<Record<string, string>>
  }
}

/** A mail program that stumbles over something: it is not told of it. Or nobody is. */
export interface HiddenFromClient {
  /** As the program names itself with ID, in any case; undefined: all of them. */
  readonly client: string | undefined
  /** How its version begins; undefined: any. */
  readonly version: string | undefined
  /** In upper case. */
  readonly capabilities: readonly string[]
}

export interface ImapConfig {
  readonly hide: readonly HiddenFromClient[]
  /** How many messages one command may work on; undefined: any number. */
  readonly messageLimit: number | undefined
  /** The same for COPY and APPEND alone. One of both is undefined. */
  readonly saveLimit: number | undefined
}

export interface Pop3Config {
  /** What DELE does, of accounts for which nothing else was set; `auto`: it hides where others read the account by other means, else deletes. */
  readonly onDelete: OnDeleteSetting
  /** By what an account may be read, if nothing else was set for it. */
  readonly retrieval: Pinning
  /** Whether what RETR has sent is \Seen for IMAP. */
  readonly marksSeen: boolean
  /** How long an account waits between two logins; 0: not at all. */
  readonly loginDelayMs: number
  /** Whether an owner is told that the account is read by both protocols. */
  readonly notices: boolean
}

export type TlsConfig =
  /** The first answers clients that name no host; the others are chosen by the name they ask for (SNI). */
  | { readonly kind: 'files'; readonly certificates: readonly CertificateFiles[] }
  /** A CA of the installation's own, kept in `DATA/tls`, and a leaf for these names and addresses. */
  | { readonly kind: 'own-authority'; readonly names: readonly string[] }

export interface Config {
  /** The data folder. */
  readonly data: string
  /** What the server calls itself: greeting, Received, Message-ID. */
  readonly hostname: string
  readonly listeners: readonly ListenerConfig[]
  /** The resolver; undefined: the system's. `trusted`: nobody on the way to it can forge its answers, so what it says of DNSSEC counts (DANE). */
  readonly dns: { readonly address: string; readonly port: number; readonly trusted: boolean } | undefined
  readonly limits: LimitsConfig
  readonly receive: ReceiveConfig
  readonly send: SendSettings
  readonly senders: SendersConfig
  readonly throttles: ThrottlesConfig
  readonly auth: AuthConfig
  readonly imap: ImapConfig
  readonly pop3: Pop3Config
  /** Of what the server writes to the owners of accounts: a tag (RFC 5646). */
  readonly language: string
  readonly tls: TlsConfig
  readonly store: { readonly engine: 'sqlite' }
  readonly log: { readonly level: LogLevel }
}
