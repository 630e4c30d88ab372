// What the facts about an account come to: what DELE does, whom its setting lets in, whether its owner is to be told. Pure.

import { limits } from './limits.ts'
import type { OnDelete, Pinning, Protocol } from './retrieval.ts'

export type OnDeleteSetting = OnDelete | 'auto'

/** What was set for an account; undefined: as the configuration says. */
export interface AccountSettings {
  readonly onDelete: OnDeleteSetting | undefined
  readonly retrieval: Pinning | undefined
  readonly language: string | undefined
  /** When its owner was last told, milliseconds since 1970. */
  readonly noticedAt: number | undefined
}

/** What the configuration says for all accounts. */
export interface RetrievalConfig {
  readonly onDelete: OnDeleteSetting
  readonly retrieval: Pinning
  /** Whether owners are told. */
  readonly notices: boolean
  /** A tag (RFC 5646) of those in notice-text.ts. */
  readonly language: string
}

export interface Facts {
  readonly settings: AccountSettings
  readonly config: RetrievalConfig
  /** When IMAP (or anything else but POP3) was last used; `now` while a session is open; undefined: never. All times in milliseconds since 1970. */
  readonly otherAt: number | undefined
  /** Another account has a right to INBOX. */
  readonly isShared: boolean
  readonly createdAt: number
  /** Since when uses are written down. */
  readonly knownSince: number
  readonly now: number
}

export interface Decision {
  readonly onDelete: OnDelete
  readonly why: /** It was set, for the account or for all. */
    | 'account'
    | 'configuration'
    /** POP3 alone is let in, or it alone was used. */
    | 'pinned'
    | 'pop3-only'
    /** Somebody else sees the mail too, or may: by IMAP, by a right to INBOX, by means used before uses were written down. */
    | 'used'
    | 'shared'
    | 'not-known-yet'
}

export function onDeleteOf(facts: Facts): Decision {
  const { settings, config, otherAt, now } = facts
  const set = settings.onDelete ?? config.onDelete
  if (set !== 'auto') return { onDelete: set, why: settings.onDelete === undefined ? 'configuration' : 'account' }
  if (facts.isShared) return { onDelete: 'hide', why: 'shared' }
  if (pinningOf(settings, config) === 'pop3') return { onDelete: 'delete', why: 'pinned' }
  if (otherAt !== undefined && now - otherAt < limits.usedWithinMs) return { onDelete: 'hide', why: 'used' }
  // After an upgrade nobody's phone must lose mail just because it has not called yet.
  const isOlder = facts.createdAt < facts.knownSince
  if (isOlder && now - facts.knownSince < limits.usedWithinMs) return { onDelete: 'hide', why: 'not-known-yet' }
  return { onDelete: 'delete', why: 'pop3-only' }
}

export function pinningOf(settings: AccountSettings, config: RetrievalConfig): Pinning {
  return settings.retrieval ?? config.retrieval
}

/** Whether a session of that protocol may begin, or go on. */
export function letsIn(pinning: Pinning, protocol: Protocol): boolean {
  return pinning === 'any' || pinning === protocol
}

export interface NoticeFacts {
  readonly settings: AccountSettings
  readonly config: RetrievalConfig
  /** When each was last used. */
  readonly pop3At: number | undefined
  readonly otherAt: number | undefined
  readonly now: number
}

/** Whoever has set what DELE does knows of the matter. */
export function isNoticeDue({ settings, config, pop3At, otherAt, now }: NoticeFacts): boolean {
  if (!config.notices || pinningOf(settings, config) !== 'any') return false
  if ((settings.onDelete ?? config.onDelete) !== 'auto') return false
  const isRecent = (at: number | undefined) => at !== undefined && now - at < limits.bothWithinMs
  if (!isRecent(pop3At) || !isRecent(otherAt)) return false
  return settings.noticedAt === undefined || now - settings.noticedAt >= limits.noticeEveryMs
}
