// What an operator can do about mail to other hosts besides the queue: the list of recipients that nothing is sent to. Plain data in and out.

import type { Outcome } from '#accounts/refusal.ts'
import type { Page, PageRequest } from './page.ts'
import type { TryInfo } from './queue-administration.ts'
import type { SuppressionEntry } from './suppression-entry.ts'

/** Whose list: one of both is given. */
export interface SuppressionScope {
  /** An account's address. */
  readonly account?: string
  /** One of our domains: all that is sent under it. */
  readonly domain?: string
}

export interface SuppressionInfo extends SuppressionEntry {
  /** `reply`, `report`, `feedback`, `operator`, `import`. */
  readonly source: string
  /** Milliseconds since 1970. */
  readonly addedAt: number
}

export interface SuppressionImportInfo {
  readonly added: number
  /** Those that were on the list before. */
  readonly replaced: number
  /** By their place among what was given, from 0; `why`: `bad-address`, `bad-domain`, `no-such-account`, `list-full`. */
  readonly refused: readonly { readonly at: number; readonly why: string }[]
}

/** What became of a test message. */
export type TestMailInfo =
  /** It is under way; `held`: only after somebody releases it. */
  | {
      readonly kind: 'taken'
      readonly messageId: string
      readonly from: string
      readonly recipients: readonly TestRecipient[]
    }
  /** Nothing was sent; `reason` is the refusal's name, `reply` what a mail program would have been told. */
  | { readonly kind: 'refused'; readonly reason: string; readonly reply: string }

export interface TestRecipient {
  readonly address: string
  /** It is in a mailbox here already. */
  readonly isHere: boolean
  /** Null: it is in a mailbox here. */
  readonly hop: string | null
  readonly heldFor: string | null
}

export type TestStep =
  | ({ readonly kind: 'try' } & TryInfo)
  | {
      readonly kind: 'outcome'
      readonly recipient: string
      readonly outcome: 'delivered' | 'failed' | 'deferred'
      readonly class: string | null
      readonly status: string | null
      readonly reply: string
      /** There will be no other try. */
      readonly isFinal: boolean
    }

export interface TestProgress {
  readonly steps: readonly TestStep[]
  /** Each recipient has had an outcome. */
  readonly isOver: boolean
}

/** What one address of a host says to a connection. */
export interface SmtpProbe {
  readonly address: string
  /** It came to an answer to EHLO, under TLS if that was asked for. */
  readonly isOpen: boolean
  /** What it offers, in words; null: it never came to that. */
  readonly offers: readonly string[] | null
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`; null: in the clear. */
  readonly tls: string | null
  /** What is wrong, in one line; null: nothing. */
  readonly wrong: string | null
  readonly class: string | null
  readonly try: TryInfo
}

export interface SmtpProbeRequest {
  /** A name or an IP address. */
  readonly host: string
  readonly port: number
  /** `implicit`, `starttls` (if it is offered), `none`. */
  readonly tls: string
}

/** What would be done with a message to a domain, and why. */
export interface MxProbe {
  /** In lower case ASCII. */
  readonly domain: string
  /** The hop, as the queue lists it; null: it is held. */
  readonly hop: string | null
  readonly heldFor: string | null
  /** Everything goes to this installation's smarthost, whatever the domain's records say. */
  readonly isSmarthost: boolean
  /** Best first. */
  readonly hosts: readonly MxHost[]
  /**
   * Whether what the resolver says of DNSSEC counts, without which there is no DANE: `believed`; `not-believed` (it does not validate, or the way to it
   * is not safe); `unknown`: it gives no answer. Null: no host came out.
   */
  readonly dnssec: string | null
  /** What an operator should know. */
  readonly notes: readonly string[]
  /** Why nothing can be brought there; null: it can be tried. */
  readonly no: {
    readonly outcome: string
    readonly class: string
    readonly status: string
    readonly reply: string
  } | null
  /** The domain's MTA-STS policy, its lines; null: none. */
  readonly mtaSts: readonly string[] | null
  /** As whose the pace counts. */
  readonly provider: string | null
  /** What the configuration allows from one source; null: nothing is brought there. */
  readonly mostAllowed: {
    readonly connections: number
    readonly messagesPerMinute: number | null
    readonly messagesPerConnection: number
  } | null
  /** Where it would come from. */
  readonly sources: readonly MxSource[]
  /** When tries follow each other, milliseconds; null: nothing is brought there. */
  readonly schedule: { readonly retryMs: readonly number[]; readonly giveUpMs: number } | null
}

export interface MxHost {
  readonly name: string
  readonly preference: number
  readonly port: number
  readonly addresses: readonly string[]
  /** `none`, `opportunistic`, `encrypted`, `verified`, `dane`; null: no connection may be made to it now. */
  readonly tls: string | null
  /** The same in words, with what demands it. */
  readonly tlsWords: string
  /** TLSA records, under `dane`. */
  readonly tlsa: readonly string[]
  readonly notes: readonly string[]
}

export interface MxSource {
  /** Local addresses, or `any`: the system's choice. */
  readonly source: string
  /** What it calls itself in EHLO. */
  readonly helloName: string
  /** Towards this provider, now; null: nothing went there lately. */
  readonly pace: {
    /** Connections there may be, and those there are. */
    readonly connections: number
    readonly active: number
    /** Null: as many as come. */
    readonly messagesPerMinute: number | null
  } | null
  /** Null: it is warm. */
  readonly warmUp: { readonly day: number; readonly sentToday: number; readonly mostToday: number | null } | null
}

export interface MxProbeRequest {
  readonly domain: string
  /** Rules of the configuration may go by it. */
  readonly sender?: string
}

export interface SendingAdministration {
  /** Asks DNS, and whoever publishes a policy; connects to nobody. */
  probeMx(request: MxProbeRequest): Promise<Outcome<MxProbe>>
  /** Connects to each address of a host, greets, takes up TLS, and leaves. */
  probeSmtp(request: SmtpProbeRequest): Promise<Outcome<readonly SmtpProbe[]>>
  /** A message of a few lines, through the queue. `from`: an address of ours; if not given, postmaster of the first domain. */
  sendTest(request: { readonly to: string; readonly from?: string }): Promise<Outcome<TestMailInfo>>
  /** What came after the first `seen` steps; waits a while if there is nothing yet. Null: it is not followed (any more). */
  followTest(request: { readonly messageId: string; readonly seen: number }): Promise<Outcome<TestProgress | null>>
  /** Of one scope, or of all; what is past its time is left out. */
  listSuppressed(request: PageRequest & SuppressionScope): Promise<Outcome<Page<SuppressionInfo>>>
  /** At most `limits.suppressedAtOnce` entries, in the place of what was said of these recipients before. */
  importSuppressed(request: {
    readonly byHand: boolean
    readonly entries: readonly SuppressionEntry[]
  }): Promise<Outcome<SuppressionImportInfo>>
  /** Null: it was not on that list. */
  removeSuppressed(request: SuppressionScope & { readonly recipient: string }): Promise<Outcome<SuppressionInfo | null>>
}
