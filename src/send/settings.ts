// How mail leaves for other hosts, as the configuration says it (its room `send`): routes and the rules that choose between them, the addresses
// of this machine to come from, the pace. Complete: every default is filled in by default-settings.ts and config/schema-send.ts.

export interface SendSettings {
  /** By name. A name is of lower case letters, digits and `-`, and not `local`. */
  readonly routes: Readonly<Record<string, RouteSettings>>
  /** The first that fits decides. */
  readonly rules: readonly RouteRule[]
  /** Where no rule fits: the name of a route. */
  readonly route: string
  /** Pools of this machine's addresses, by name; `default` where a route names none. */
  readonly sources: Readonly<Record<string, readonly SourceSettings[]>>
  /** By provider, as providers.ts names them; `smarthost` for ours, `other` for whoever has no entry. */
  readonly pace: Readonly<Record<string, PaceSettings>>
  /** Messages that a new source may bring to one provider on its first day, its second, ...; after the last no more is counted. */
  readonly warmUpPerDay: readonly number[]
  /** Per recipient domain; the first that fits decides, else `opportunistic`. */
  readonly tls: readonly TlsRule[]
  readonly tlsReports: TlsReportSettings
  /** Open at once to all hosts. */
  readonly connections: number
  readonly connectMs: number
  /** The same where other connections to that provider are open: it answers at once, or it is overrun. */
  readonly busyConnectMs: number
  /** How long a connection stays open for a next message. */
  readonly idleMs: number
}

export type RouteSettings = DirectRoute | SmarthostRoute | HeldRoute

/** To the hosts that the recipient's domain names. */
export interface DirectRoute {
  readonly kind: 'direct'
  readonly port: number
  readonly sources: string
  readonly schedule: Schedule
  /** The route to take while no host of the world can be reached by ours (port 25 blocked); undefined: none. */
  readonly fallback: string | undefined
}

/** Everything to one host, or to the next of these when it cannot be reached. */
export interface SmarthostRoute {
  readonly kind: 'smarthost'
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  /**
   * `implicit`, `starttls`: a trusted certificate for the host's name; `encrypted`: STARTTLS, whoever it is; `opportunistic`: where it is offered.
   */
  readonly tls: 'implicit' | 'starttls' | 'encrypted' | 'opportunistic' | 'none'
  /** The password is the file's first line. */
  readonly credentials: { readonly user: string; readonly passwordPath: string } | undefined
  readonly sources: string
  readonly schedule: Schedule
}

/** Nothing goes until somebody changes the configuration, or releases it by another route. */
export interface HeldRoute {
  readonly kind: 'held'
  readonly reason: string
}

/** All that is given must fit. Domains in lower case ASCII; `*.example.org` is all below example.org. */
export interface RouteRule {
  readonly senderDomains: readonly string[] | undefined
  readonly recipientDomains: readonly string[] | undefined
  /** So many tries were in vain, or more. */
  readonly afterTries: number | undefined
  readonly route: string
}

/** Who we are towards other hosts. One address of each family at most: what peers think of us they think of an address. */
export interface SourceSettings {
  /** Undefined: never by IPv4, or where `ipv6` is undefined too, by both as the system chooses. */
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  /** What we call ourselves in EHLO: the name in the addresses' PTR records. Undefined: the name of this host. */
  readonly helloName: string | undefined
  /** Begins small, and grows from day to day (warmUpPerDay). */
  readonly warmUp: boolean
}

/** Towards one provider, from one source. */
export interface PaceSettings {
  /** Open at once, when all goes well. */
  readonly connections: number
  /** Undefined: no such limit. */
  readonly messagesPerMinute: number | undefined
  readonly messagesPerConnection: number
  /** Recipients of one message that go at a time. */
  readonly recipients: number
}

export interface TlsRule {
  readonly domains: readonly string[]
  /** `verified`: a trusted certificate for the host's name. */
  readonly minimum: TlsMinimum
  readonly minimumVersion: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3'
}

/** The daily reports about TLS to the domains that want them (RFC 8460). */
export interface TlsReportSettings {
  readonly enabled: boolean
  /** Who reports, in words; undefined: the host's name. */
  readonly organization: string | undefined
  /** Whom to ask about them, a mail address of ASCII; undefined: postmaster at the host. */
  readonly contact: string | undefined
}

/** `none`: never any TLS, for peers that stumble. */
export type TlsMinimum = 'none' | 'opportunistic' | 'encrypted' | 'verified'

/** When tries follow each other, as the queue has it. */
export interface Schedule {
  /** Milliseconds of waiting after each try in vain; the last for all further ones. */
  readonly retryMs: readonly number[]
  /** How much longer a wait may be by chance: 0.1 is a tenth. */
  readonly jitter: number
  /** From the release on: the sender is told of the delay, once. */
  readonly tellDelayMs: number
  /** From the release on, tries go on for so long. */
  readonly giveUpMs: number
}
