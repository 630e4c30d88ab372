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
  /** Null: no limit. */
  readonly limitMessages: number | null
}

export interface AccountDetails extends AccountInfo, QuotaInfo {
  /** The first `limits.shownAliases`. */
  readonly aliases: readonly string[]
  /** Addresses, and whole domains (`@example.com`), that it may send as besides. */
  readonly sendAs: readonly string[]
  /** Capabilities of IMAP that its mail programs are not told of. */
  readonly hidden: readonly string[]
  /** Messages that the search index has. */
  readonly indexed: number
}

export interface HiddenInfo {
  readonly address: string
  readonly capabilities: readonly string[]
}

/** How far the search index of an account is. */
export interface IndexInfo {
  readonly address: string
  readonly messages: number
  readonly indexed: number
}

export interface AliasInfo {
  /** `sales@example.test`, or `@example.test` for everything that has no other owner. */
  readonly alias: string
  /** The account's address. */
  readonly account: string
}

export interface GrantInfo {
  readonly account: string
  /** `boss@example.test`, or `@example.test` for the whole domain. */
  readonly address: string
}

/** Which entry of a mailbox's access control list. */
export interface AclRequest {
  /** The owner's. */
  readonly address: string
  readonly mailbox: string
  /** An account's address, or `anyone`. */
  readonly identifier: string
  /** It takes rights away. */
  readonly negative: boolean
}

export interface AclInfo extends Omit<AclRequest, 'address'> {
  readonly owner: string
  /** Letters of RFC 4314. */
  readonly rights: string
}

/** A mailbox of another that an account has a right to. */
export interface GivenInfo {
  readonly owner: string
  readonly mailbox: string
  /** Letters of RFC 4314. */
  readonly rights: string
}

/** A message that is asked to come again (greylisting). */
export interface WaitingInfo {
  readonly network: string
  /** '' for the null path. */
  readonly sender: string
  readonly recipient: string
  /** Milliseconds since 1970, both. */
  readonly since: number
  readonly passesAt: number
}

/** Which of those that wait: all that fit. */
export interface WaitingFilter {
  readonly sender?: string
  readonly recipient?: string
  readonly network?: string
}

export interface QueuedRecipientInfo {
  readonly address: string
  readonly state: string
  /** What was said at the last try; null: there was none. */
  readonly reply: string | null
}

export interface QueuedInfo {
  readonly messageId: string
  /** '' for the null path. */
  readonly sender: string
  /** The first `limits.shownRecipients`. */
  readonly recipients: readonly QueuedRecipientInfo[]
  readonly recipientCount: number
  readonly sizeBytes: number
  /** Milliseconds since 1970, both. */
  readonly releaseAt: number
  readonly nextAt: number
}

export interface QueuedDetails extends QueuedInfo {
  readonly arrivedAt: number
  readonly tries: number
  readonly expiresAt: number
  readonly header: string
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

  /** `capabilities` with spaces between: those that are hidden from now on; '' for none. */
  setHidden(request: { readonly address: string; readonly capabilities: string }): Promise<Outcome<HiddenInfo>>
  /** `address` need not be one of ours; `@domain` is all of it. */
  grantSendAs(request: GrantInfo): Promise<Outcome<GrantInfo>>
  revokeSendAs(request: GrantInfo): Promise<Outcome<GrantInfo>>

  /** Entries of all mailboxes of the account, or of one. */
  listAcl(
    request: PageRequest & { readonly address: string; readonly mailbox?: string },
  ): Promise<Outcome<Page<AclInfo>>>
  /** What the account may do with mailboxes of others, all entries taken together. */
  listGiven(request: { readonly address: string }): Promise<Outcome<Page<GivenInfo>>>
  /** `rights`: `read`, `write`, `all`, or letters; `+` before letters adds them. */
  setAcl(request: AclRequest & { readonly rights: string }): Promise<Outcome<AclInfo>>
  removeAcl(request: AclRequest): Promise<Outcome<AclInfo>>

  /** Who is asked to wait, longest first. */
  listWaiting(request: PageRequest): Promise<Outcome<Page<WaitingInfo>>>
  /** Lets those pass that fit. */
  letIn(request: WaitingFilter): Promise<Outcome<{ readonly count: number }>>

  /** In the order of their next try. */
  listQueue(
    request: PageRequest & { readonly sender?: string; readonly recipient?: string; readonly state?: string },
  ): Promise<Outcome<Page<QueuedInfo>>>
  /** Null: there is no such message (any more). */
  showQueued(request: { readonly messageId: string }): Promise<Outcome<QueuedDetails | null>>
  /** Delivers it now. */
  releaseQueued(request: { readonly messageId: string }): Promise<Outcome<{ readonly found: boolean }>>
  /** Takes it away; nobody is told. */
  dropQueued(request: { readonly messageId: string }): Promise<Outcome<{ readonly found: boolean }>>

  showQuota(request: { readonly address: string }): Promise<Outcome<QuotaInfo>>
  /** A limit of null: none. One that is left out stays as it is. */
  setQuota(request: {
    readonly address: string
    readonly limitBytes?: number | null
    readonly limitMessages?: number | null
  }): Promise<Outcome<QuotaInfo>>

  /** After a backup was put back: every mailbox gets a new UIDVALIDITY, so that mail programs drop what they know. */
  finishRestore(request: Record<string, never>): Promise<Outcome<{ readonly mailboxes: number }>>
  /** Works at the account's search index for about `limits.indexTurnMs`; with `afresh` it is emptied first. Done when all messages are indexed. */
  advanceIndex(request: { readonly address: string; readonly afresh: boolean }): Promise<Outcome<IndexInfo>>
  showIndex(request: { readonly address: string }): Promise<Outcome<IndexInfo>>

  /** Looks through the directory and the whole store for what does not fit together. */
  check(request: Record<string, never>): Promise<Outcome<CheckReport>>
  status(request: Record<string, never>): Promise<Outcome<Status>>
}
