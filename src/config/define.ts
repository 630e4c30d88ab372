// What a configuration file exports. Imports nothing that works, so that a file with `import { defineConfig } from 'posthouse'` loads at once.

import type { LogLevel } from '#io/log.ts'
import type { LimitsConfig, ListenerConfig, ThrottlesConfig } from './config.ts'

/** A number of bytes, or a text like `50 MB`, `1.5 GiB`. */
export type Size = number | string
/** A number of milliseconds, or a text like `10 s`, `15 min`, `1 h`. */
export type Duration = number | string

type Settings<T> = {
  readonly [K in keyof T]?: K extends `${string}Bytes` ? Size : K extends `${string}Ms` ? Duration : number
}

/** As in the file: what has a default may be left out, paths may be relative to the file. */
export interface ConfigInput {
  /** The data folder. Default: `data`, beside the configuration file. */
  readonly data?: string
  /** The name of this host as the world knows it: `mail.example.com`. */
  readonly hostname: string
  /** Default: 25, 465, 587, 143, 993, 110, 995 on every address. */
  readonly listeners?: readonly (Partial<ListenerConfig> & Pick<ListenerConfig, 'protocol' | 'port'>)[]
  /** Default: the system's resolver. */
  readonly dns?: { readonly address: string; readonly port?: number }
  readonly limits?: Settings<LimitsConfig>
  readonly throttles?: {
    /** Default: 127.0.0.1 and ::1. */
    readonly trustedNetworks?: readonly string[]
    readonly connections?: Settings<ThrottlesConfig['connections']>
    readonly login?: Settings<ThrottlesConfig['login']>
  }
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
