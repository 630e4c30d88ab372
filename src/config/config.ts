// The whole configuration, complete: every default filled in, every path absolute. What each part of the server receives is one room of it.

import type { LogLevel } from '#io/log.ts'
import type { ConnectionLimits } from '#throttle/connections.ts'
import type { LoginLimits } from '#throttle/login-backoff.ts'
import type { CertificateFiles } from '#tls/contexts.ts'

export type ListenerProtocol = 'mx' | 'submission' | 'imap' | 'pop3'

export interface ListenerConfig {
  /** Stands in the log and in `status`: `imaps`. Unique. */
  readonly name: string
  readonly protocol: ListenerProtocol
  /** An IP address of this machine; `::` or `0.0.0.0`: all of them. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** `implicit`: TLS from the first octet; `starttls`: the client asks for it (STARTTLS, STLS). */
  readonly tls: 'implicit' | 'starttls'
}

export interface LimitsConfig {
  readonly messageBytes: number
  /** Of one message by SMTP. */
  readonly recipients: number
  /** What must stay free on the disk: below it mail is refused for the time being (4.3.1). */
  readonly freeBytes: number
}

export interface ThrottlesConfig {
  /** Networks (`127.0.0.1/32`) that are never slowed down or shut out. */
  readonly trustedNetworks: readonly string[]
  readonly connections: ConnectionLimits
  readonly login: LoginLimits
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
  /** The resolver; undefined: the system's. */
  readonly dns: { readonly address: string; readonly port: number } | undefined
  readonly limits: LimitsConfig
  readonly throttles: ThrottlesConfig
  readonly tls: TlsConfig
  readonly store: { readonly engine: 'sqlite' }
  readonly log: { readonly level: LogLevel }
}
