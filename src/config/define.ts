// What a configuration file exports. Imports nothing that works, so that a file with `import { defineConfig } from 'posthouse'` loads at once.

import type { LogLevel } from '#io/log.ts'
import type { PaceSettings, Schedule, SendSettings, SourceSettings, TlsRule } from '#send/settings.ts'
import type {
  AuthConfig,
  LimitsConfig,
  ListenerConfig,
  Pop3Config,
  ReceiveConfig,
  SendersConfig,
  ThrottlesConfig,
} from './config.ts'

/** A number of bytes, or a text like `50 MB`, `1.5 GiB`. */
export type Size = number | string
/** A number of milliseconds, or a text like `10 s`, `15 min`, `1 h`. */
export type Duration = number | string

type Settings<T> = {
  readonly [K in keyof T]?: K extends `${string}Bytes` ? Size : K extends `${string}Ms` ? Duration : T[K]
}

interface ListenerBase
  extends Partial<Pick<ListenerConfig, 'name' | 'tls' | 'proxyFrom' | 'xclientFrom' | 'xforwardFrom'>> {
  readonly protocol: ListenerConfig['protocol']
}

export type ListenerInput = ListenerBase &
  (
    | {
        /** An IP address of this machine. Default: all of them; of lmtp 127.0.0.1. */
        readonly host?: string
        readonly port: number
      }
    | {
        /** A unix socket, for lmtp. */
        readonly path: string
        /** Who may connect. Default: `0660`. */
        readonly mode?: string
      }
  )

type ScheduleInput = Partial<Omit<Settings<Schedule>, 'retryMs'>> & { readonly retryMs?: readonly Duration[] }

type RouteInput =
  | {
      readonly kind: 'direct'
      readonly port?: number
      /** The route to take while port 25 is blocked: a smarthost. */
      readonly fallback?: string
      readonly sources?: string
      readonly schedule?: ScheduleInput
    }
  | {
      readonly kind: 'smarthost'
      /** The next is tried when one cannot be reached. */
      readonly hosts: readonly { readonly host: string; readonly port?: number }[]
      readonly tls?: 'implicit' | 'starttls' | 'encrypted' | 'opportunistic' | 'none'
      /** The password is the first line of the file. */
      readonly credentials?: { readonly user: string; readonly passwordFile: string }
      readonly sources?: string
      readonly schedule?: ScheduleInput
    }
  | { readonly kind: 'held'; readonly reason?: string }

export interface SendInput extends Partial<Pick<SendSettings, 'route' | 'warmUpPerDay' | 'connections'>> {
  readonly routes?: Readonly<Record<string, RouteInput>>
  /** The first that fits decides; all that is given must fit. `*.example.org` is all below example.org. */
  readonly rules?: readonly {
    readonly senderDomains?: readonly string[]
    readonly recipientDomains?: readonly string[]
    readonly afterTries?: number
    readonly route: string
  }[]
  readonly sources?: Readonly<Record<string, readonly { readonly [K in keyof SourceSettings]?: SourceSettings[K] }[]>>
  /** Of every route that has none of its own. */
  readonly schedule?: ScheduleInput
  readonly pace?: Readonly<Record<string, Partial<PaceSettings>>>
  readonly tls?: readonly (Partial<TlsRule> & Pick<TlsRule, 'domains'>)[]
  /** The daily reports about TLS to the domains that want them. */
  readonly tlsReports?: { readonly enabled?: boolean; readonly organization?: string; readonly contact?: string }
  readonly connectMs?: Duration
  readonly busyConnectMs?: Duration
  readonly idleMs?: Duration
}

/** As in the file: what has a default may be left out, paths may be relative to the file. */
export interface ConfigInput {
  /** The data folder. Default: `data`, beside the configuration file. */
  readonly data?: string
  /** The name of this host as the world knows it: `mail.example.com`. */
  readonly hostname: string
  /** Default: 25, 465, 587, 143, 993, 110, 995 on every address. */
  readonly listeners?: readonly ListenerInput[]
  /** Default: the system's resolver. */
  readonly dns?: { readonly address: string; readonly port?: number; readonly trusted?: boolean }
  readonly limits?: Settings<LimitsConfig>
  /** How mail from other servers is taken. */
  readonly receive?: Settings<Omit<ReceiveConfig, 'tarpit' | 'greylist' | 'blocklists'>> & {
    readonly tarpit?: Settings<ReceiveConfig['tarpit']>
    readonly greylist?: Settings<ReceiveConfig['greylist']>
    /** `{address}` in a link stands for the listed address. */
    readonly blocklists?: readonly { readonly zone: string; readonly link?: string }[]
  }
  /** How mail leaves for other hosts. */
  readonly send?: SendInput
  /** What accounts send: limits, and the guard that holds what is unusual for an account. */
  readonly senders?: {
    readonly verp?: boolean
    readonly limits?: Settings<SendersConfig['limits']>
    readonly guard?: Settings<SendersConfig['guard']>
  }
  readonly throttles?: {
    /** Default: 127.0.0.1 and ::1. */
    readonly trustedNetworks?: readonly string[]
    readonly connections?: Settings<ThrottlesConfig['connections']>
    readonly login?: Settings<ThrottlesConfig['login']>
    readonly recipients?: Settings<ThrottlesConfig['recipients']>
  }
  readonly auth?: {
    readonly scramSha1?: boolean
    /** Access tokens (JWT) of an issuer, checked against its public keys (JWKS) in a file. `claim`, `email` by default, holds the account's address. */
    readonly oauth?: {
      readonly issuer: string
      readonly audience: string
      readonly keys: string
      readonly claim?: string
    }
    readonly clientCertificates?: Partial<AuthConfig['clientCertificates']>
  }
  /** `hide`: what programs that stumble over capabilities of IMAP are not told of. */
  readonly imap?: {
    readonly hide?: readonly {
      readonly client?: string
      readonly version?: string
      readonly capabilities: readonly string[]
    }[]
    readonly messageLimit?: number
    readonly saveLimit?: number
  }
  /** How POP3 hands mail out, and what becomes of what it removes. */
  readonly pop3?: Settings<Pop3Config>
  /** Of what the server writes to the owners of accounts: `en`, the default, or `de`. */
  readonly language?: string
  /** PEM files (the leaf first, then its chain; the first pair answers clients that name no host), or a CA of the installation's own (which clients must be told to trust). */
  readonly tls:
    | { readonly certificates: readonly { readonly certificate: string; readonly key: string }[] }
    | { readonly ownAuthority: readonly string[] }
  readonly store?: { readonly engine: 'sqlite' }
  readonly log?: { readonly level: LogLevel }
}

/** Gives the configuration back as it is: it is there for the editor, which then knows every key. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
