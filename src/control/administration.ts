// What an operator can do to an installation: the verbs, whether the server runs (over its control socket) or not (directly).
// Each takes one object of plain data (but for a password, which is a Secret) and settles with a tagged outcome of plain data.

import type { Outcome } from '#accounts/refusal.ts'
import type { Secret } from '#base/secret.ts'

export interface DomainInfo {
  /** As it was given: Unicode, or ASCII. */
  readonly name: string
  readonly accounts: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface AccountInfo {
  readonly accountId: number
  readonly address: string
  readonly disabled: boolean
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface QuotaInfo {
  readonly address: string
  readonly usedBytes: number
  /** Null: no limit. */
  readonly limitBytes: number | null
  readonly messages: number
}

export interface AccountDetails extends AccountInfo, QuotaInfo {
  /** The first `limits.shownAliases`. */
  readonly aliases: readonly string[]
}

export interface AliasInfo {
  /** `sales@example.test`, or `@example.test` for everything that has no other owner. */
  readonly alias: string
  /** The account's address. */
  readonly account: string
}

/** A part of a list; `next` asks for the part after it, undefined at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

export interface PageRequest {
  readonly after?: string
}

export interface Finding {
  /** error: something is wrong or lost. warning: something is left over; it harms nobody. */
  readonly severity: 'error' | 'warning'
  /** Which rule is broken. */
  readonly what: string
  /** Null: it concerns no one account. */
  readonly accountId: number | null
  readonly detail: string
}

export interface CheckReport {
  /** The first `limits.findings`. Empty: all is well. */
  readonly findings: readonly Finding[]
  readonly more: boolean
}

export interface Status {
  readonly version: string
  readonly processId: number
  readonly uptimeSeconds: number
  readonly listeners: readonly {
    readonly name: string
    readonly address: string
    readonly port: number
    readonly tls: string
  }[]
}

export interface Administration {
  addDomain(request: { readonly domain: string }): Promise<Outcome<DomainInfo>>
  listDomains(request: PageRequest): Promise<Outcome<Page<DomainInfo>>>
  /** Refused (`in-use`) while accounts remain, unless `withAccounts`: then they go too, with their mail. */
  removeDomain(request: {
    readonly domain: string
    readonly withAccounts: boolean
  }): Promise<Outcome<{ readonly accounts: number }>>

  addAccount(request: {
    readonly address: string
    readonly password: Secret
    readonly limitBytes?: number
  }): Promise<Outcome<AccountInfo>>
  listAccounts(request: PageRequest & { readonly domain?: string }): Promise<Outcome<Page<AccountInfo>>>
  showAccount(request: { readonly address: string }): Promise<Outcome<AccountDetails>>
  setPassword(request: { readonly address: string; readonly password: Secret }): Promise<Outcome<AccountInfo>>
  setDisabled(request: { readonly address: string; readonly disabled: boolean }): Promise<Outcome<AccountInfo>>
  /** With all its mail and aliases. */
  removeAccount(request: { readonly address: string }): Promise<Outcome<AccountInfo>>

  addAlias(request: AliasInfo): Promise<Outcome<AliasInfo>>
  listAliases(request: PageRequest & { readonly domain?: string }): Promise<Outcome<Page<AliasInfo>>>
  removeAlias(request: { readonly alias: string }): Promise<Outcome<AliasInfo>>

  showQuota(request: { readonly address: string }): Promise<Outcome<QuotaInfo>>
  /** `limitBytes` null: no limit. */
  setQuota(request: { readonly address: string; readonly limitBytes: number | null }): Promise<Outcome<QuotaInfo>>

  /** Looks through the directory and the whole store for what does not fit together. */
  check(request: Record<string, never>): Promise<Outcome<CheckReport>>
  status(request: Record<string, never>): Promise<Outcome<Status>>
}
