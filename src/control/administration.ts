// What an operator can do to an installation: the verbs, whether the server runs (over its control socket) or not (directly).
// Each takes one object of plain data (but for a password, which is a Secret) and settles with a tagged outcome of plain data.

import type { Outcome } from '#accounts/refusal.ts'
import type { Secret } from '#base/secret.ts'
import type { ImportMessage } from './import-message.ts'
import type { Page, PageRequest } from './page.ts'
import type { QueueAdministration } from './queue-administration.ts'
import type { SenderAdministration } from './sender-administration.ts'
import type { SendingAdministration } from './sending-administration.ts'

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

/** By what an account is read, and what becomes of what POP3 removes. */
export interface ReadingInfo {
  readonly address: string
  /** What was set for the account: `auto`, `hide`, `trash`, `delete`; null: as the configuration says. */
  readonly onDeleteSet: string | null
  /** What DELE does now: `hide`, `trash`, `delete`. */
  readonly onDelete: string
  /** `account`, `configuration`, `pinned`, `pop3-only`, `used`, `shared`, `not-known-yet`. */
  readonly why: string
  /** When IMAP was last used, milliseconds since 1970; null: never. */
  readonly imapAt: number | null
  /** `any`, `imap`, `pop3`. */
  readonly retrieval: string
  /** Of what the server writes to its owner. */
  readonly language: string
  /** In INBOX, and not shown to POP3. */
  readonly hiddenMessages: number
  readonly hiddenBytes: number
}

/** A device that reads an account. */
export interface DeviceInfo {
  readonly protocol: string
  /** As it names itself; '' if it does not. */
  readonly client: string
  readonly network: string
  /** Milliseconds since 1970, both. */
  readonly firstAt: number
  readonly lastAt: number
  readonly lastAddress: string
  /** Messages that it fetched, removed, and hid from POP3. */
  readonly taken: number
  readonly removed: number
  readonly hidden: number
}

export interface AccountDetails extends AccountInfo, QuotaInfo {
  /** The first `limits.shownAliases`. */
  readonly aliases: readonly string[]
  /** Addresses, and whole domains (`@example.com`), that it may send as besides. */
  readonly sendAs: readonly string[]
  /** Where its mail goes on to; none: nowhere. */
  readonly forward: Omit<ForwardInfo, 'address'>
  /** Capabilities of IMAP that its mail programs are not told of. */
  readonly hidden: readonly string[]
  /** Messages that the search index has. */
  readonly indexed: number
  readonly reading: ReadingInfo
  /** The latest first. */
  readonly devices: readonly DeviceInfo[]
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
  /** The addresses that it leads to, here or elsewhere. */
  readonly targets: readonly string[]
}

/** Where the mail of an account goes on to. */
export interface ForwardInfo {
  readonly address: string
  /** None: its mail ends in its mailbox. */
  readonly targets: readonly string[]
  /** Whether its own mailbox gets a copy. */
  readonly keepsCopy: boolean
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

/** A message that was removed, and can be restored. */
export interface DeletedInfo {
  readonly id: string
  /** Milliseconds since 1970, both. */
  readonly deletedAt: number
  readonly keptUntil: number
  /** `imap` or `pop3`; null: that is not known. */
  readonly by: string | null
  readonly mailbox: string
  /** The address of From; '' if there is none. */
  readonly from: string
  readonly subject: string
  readonly sizeBytes: number
}

/** Which of those that were removed: all that fit. */
export interface DeletedFilter {
  readonly mailbox?: string
  /** Milliseconds since 1970: removed then or later. */
  readonly since?: number
  readonly by?: string
}

export interface RestoredInfo {
  readonly id: string
  readonly mailbox: string
  /** POP3 is not shown it, for it was POP3 that removed it. */
  readonly hiddenFromPop3: boolean
}

/** What came of messages of an import. */
export interface ImportInfo {
  /** Stored; others were there already. */
  readonly messages: number
  /** Of those: they keep the unique-id that POP3 knows them by. */
  readonly uidls: number
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

export interface Administration extends QueueAdministration, SendingAdministration, SenderAdministration {
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

  /** In the place of what was so before; without targets nothing goes on any more. */
  setForward(request: ForwardInfo): Promise<Outcome<ForwardInfo>>
  showForward(request: { readonly address: string }): Promise<Outcome<ForwardInfo>>

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

  showReading(request: { readonly address: string }): Promise<Outcome<ReadingInfo>>
  /** `default`: as the configuration says. What is not given stays. Sessions that may not read any more end. */
  setReading(request: {
    readonly address: string
    /** `auto`, `hide`, `trash`, `delete`, `default`. */
    readonly onDelete?: string
    /** `any`, `imap`, `pop3`, `default`. */
    readonly retrieval?: string
    /** A tag, or `default`. */
    readonly language?: string
  }): Promise<Outcome<ReadingInfo>>
  /** The latest first. */
  listDevices(request: { readonly address: string }): Promise<Outcome<Page<DeviceInfo>>>
  /** What is hidden from POP3 is shown to it again, or, with `remove`, removed for all. */
  endHiding(request: {
    readonly address: string
    readonly remove: boolean
  }): Promise<Outcome<{ readonly count: number }>>

  /** In the order in which they came. */
  listDeleted(request: PageRequest & DeletedFilter & { readonly address: string }): Promise<Outcome<Page<DeletedInfo>>>
  /** `ids` with spaces between: those that are still kept come back, all or none. Without `mailbox` each where it was. `forPop3`: POP3 is shown them. */
  restoreDeleted(request: {
    readonly address: string
    readonly ids: string
    readonly mailbox?: string
    readonly forPop3: boolean
  }): Promise<Outcome<{ readonly items: readonly RestoredInfo[] }>>

  /** The names of messages that an import brought into this mailbox, whatever became of them since. */
  listImported(
    request: PageRequest & { readonly address: string; readonly mailbox: string },
  ): Promise<Outcome<Page<string>>>
  /** The next octets (base64) of a message too large for one request, under a name of the caller's. */
  importOctets(request: { readonly upload: string; readonly octets: string }): Promise<Outcome<Record<string, never>>>
  /** Stores them, all or none, but those whose names this mailbox was brought before. It is made if it is missing. */
  importMessages(request: {
    readonly address: string
    readonly mailbox: string
    readonly messages: readonly ImportMessage[]
  }): Promise<Outcome<ImportInfo>>

  /** Who is asked to wait, longest first. */
  listWaiting(request: PageRequest): Promise<Outcome<Page<WaitingInfo>>>
  /** Lets those pass that fit. */
  letIn(request: WaitingFilter): Promise<Outcome<{ readonly count: number }>>

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
