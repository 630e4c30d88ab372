// An IMAP command as data (RFC 3501 9): what the parser makes and the session runs.

import type { RightsAction } from '#mail/rights.ts'
import type { MailboxFilter } from './mailbox-filter.ts'

/** A set of message numbers or UIDs. `'*'` is the largest in use; a range's ends may stand in either order (RFC 3501 9, seq-range). */
export type SequenceSet = readonly { readonly from: number | '*'; readonly to: number | '*' }[]

/** RFC 3501 6.3.10, 9051 6.3.11, 7162 3.1.7, 8438, 8474 4.3, 7889 4, 9208 4.1.4. */
export const statusItemNames = [
  'MESSAGES',
  'RECENT',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'DELETED',
  'SIZE',
  'HIGHESTMODSEQ',
  'MAILBOXID',
  'APPENDLIMIT',
  'DELETED-STORAGE',
] as const

export interface StatusItems {
  readonly items: readonly (typeof statusItemNames)[number][]
}

/** RFC 5258: which mailboxes an extended LIST is about. */
export interface ListSelection {
  readonly subscribed: boolean
  readonly specialUse: boolean
  /** RECURSIVEMATCH: parents of such mailboxes too. */
  readonly recursive: boolean
}

export interface ListOptions {
  readonly selection: ListSelection
  /** What is told of each besides its attributes. */
  readonly returns: {
    readonly subscribed: boolean
    readonly children: boolean
    readonly specialUse: boolean
    readonly myRights: boolean
    readonly status: StatusItems['items'] | undefined
    /** Names of annotations (RFC 9590). */
    readonly metadata: readonly string[] | undefined
  }
}

/** RFC 5465 8: which events of which mailboxes are told. No events: NONE. */
export interface NotifyGroup {
  readonly mailboxes: MailboxFilter
  readonly events: readonly NotifyEvent[]
}

export interface NotifyEvent {
  /** In lower case, known or not. */
  readonly name: string
  /** What is fetched of each new message. */
  readonly items: readonly FetchItem[] | undefined
}

/** What a client that comes back knows of a mailbox (RFC 7162 3.2.5). Sets without `*`. */
export interface KnownState {
  readonly uidValidity: number
  readonly modseq: number
  readonly uids: SequenceSet | undefined
  /** Some message numbers and the UIDs they had, pair by pair. */
  readonly match: { readonly numbers: SequenceSet; readonly uids: SequenceSet } | undefined
}

export interface SelectParameters {
  readonly condstore: boolean
  /** QRESYNC's. */
  readonly known: KnownState | undefined
}

/** BODY[...] and its kin. `part` is [] for the message itself, [1, 2] for 1.2. */
export interface Section {
  readonly part: readonly number[]
  readonly text:
    | { readonly kind: 'all' }
    | { readonly kind: 'header' }
    | { readonly kind: 'header-fields'; readonly names: readonly string[]; readonly not: boolean }
    | { readonly kind: 'text' }
    | { readonly kind: 'mime' }
}

/** `<start.length>` behind BODY[...] and BINARY[...]. */
export interface Partial {
  readonly start: number
  readonly length: number
}

export type FetchItem =
  | { readonly kind: 'flags' | 'uid' | 'envelope' | 'internaldate' | 'rfc822.size' | 'body' | 'bodystructure' }
  /** RFC 7162 3.1.4, 8474 5, 8514 4 */
  | { readonly kind: 'modseq' | 'emailid' | 'threadid' | 'savedate' }
  /** RFC 8970 3.1. */
  | { readonly kind: 'preview'; readonly lazy: boolean }
  | {
      readonly kind: 'section'
      readonly section: Section
      readonly peek: boolean
      readonly partial: Partial | undefined
      /** RFC822, RFC822.HEADER and RFC822.TEXT answer under their own names. */
      readonly answerAs: 'BODY' | 'RFC822' | 'RFC822.HEADER' | 'RFC822.TEXT'
    }
  /** RFC 3516 4.2: a part without its transfer encoding; `part` is [] for the message as it is. */
  | {
      readonly kind: 'binary'
      readonly part: readonly number[]
      readonly peek: boolean
      readonly partial: Partial | undefined
    }
  | { readonly kind: 'binary.size'; readonly part: readonly number[] }

/** What stands in parentheses behind FETCH's items. */
export interface FetchModifiers {
  /** RFC 7162 3.1.4.1: only messages changed after this MODSEQ. */
  readonly changedSince: number | undefined
  /** RFC 7162 3.2.6: and which of the UIDs were expunged since. */
  readonly vanished: boolean
  /** RFC 9394 3.3: of the messages that the set names, the ones from `first` to `last`, both included, counted from 1; from the end if `fromEnd`. */
  readonly partial: { readonly first: number; readonly last: number; readonly fromEnd: boolean } | undefined
}

export type SearchKey =
  | { readonly key: 'all' | 'recent' | 'new' | 'old' }
  /** `set: false` is UNSEEN, UNANSWERED, ... `bit` as in mail/flags.ts. */
  | { readonly key: 'flag'; readonly bit: number; readonly set: boolean }
  | { readonly key: 'keyword'; readonly keyword: string; readonly set: boolean }
  | { readonly key: 'sequence' | 'uid'; readonly set: SequenceSet }
  /** What the last SAVE kept (RFC 5182): `$`, or `UID $`. */
  | { readonly key: 'saved' }
  /** Days are UTC midnights in milliseconds, dates without their zone (RFC 3501 6.4.4). */
  | { readonly key: 'before' | 'on' | 'since' | 'sentbefore' | 'senton' | 'sentsince'; readonly day: number }
  /** RFC 8514 3. */
  | { readonly key: 'savedbefore' | 'savedon' | 'savedsince'; readonly day: number }
  /** RFC 5032: INTERNALDATE is at least, or at most, so many seconds ago. */
  | { readonly key: 'older' | 'younger'; readonly seconds: number }
  /** RFC 7162 3.1.5: changed at this MODSEQ or later. */
  | { readonly key: 'modseq'; readonly modseq: number }
  /** RFC 8474 5.1; as the client wrote it. */
  | { readonly key: 'emailid' | 'threadid'; readonly id: string }
  /** RFC 6203. */
  | { readonly key: 'fuzzy'; readonly of: SearchKey }
  | { readonly key: 'larger' | 'smaller'; readonly sizeBytes: number }
  | { readonly key: 'header'; readonly name: string; readonly text: string }
  | { readonly key: 'body' | 'text'; readonly text: string }
  | { readonly key: 'not'; readonly of: SearchKey }
  | { readonly key: 'or'; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly key: 'and'; readonly all: readonly SearchKey[] }

/** Places `first` to `last` of a result, counted from 1, from the end if `fromEnd`; `written`: as the client put it (RFC 5267 4.4, 9394 3.1). */
export interface PartialRange {
  readonly first: number
  readonly last: number
  readonly fromEnd: boolean
  readonly written: string
}

/** RETURN (...) of RFC 4731, 5182, 5267, 6203, 9394. `all` is set where nothing else is asked for. */
export interface SearchReturn {
  readonly min: boolean
  readonly max: boolean
  readonly count: boolean
  readonly all: boolean
  readonly save: boolean
  readonly relevancy: boolean
  readonly context: boolean
  readonly update: boolean
  /** With UPDATE: what is fetched of each new message that comes into the result (RFC 5465 7). */
  readonly updateItems: readonly FetchItem[] | undefined
  readonly partial: PartialRange | undefined
}

/** What SEARCH, SORT, THREAD and ESEARCH share. `charset`: that of the texts, which are decoded already. */
export interface SearchCriteria {
  readonly charset: string | undefined
  readonly key: SearchKey
}

/** RFC 5256 3, 5957 3, 6203 5. */
export interface SortKey {
  readonly by:
    | 'arrival'
    | 'cc'
    | 'date'
    | 'displayfrom'
    | 'displayto'
    | 'from'
    | 'relevancy'
    | 'size'
    | 'subject'
    | 'to'
  readonly reverse: boolean
}

export interface AppendMessage {
  /** System flags as bits of mail/flags.ts. */
  readonly flags: number
  readonly keywords: readonly string[]
  /** Milliseconds since 1970. */
  readonly internalDate: number | undefined
  /** What the message is put together from; one literal unless it is `catenated`. The literals arrive as events: see receiver.ts. */
  readonly parts: readonly AppendPart[]
  readonly catenated: boolean
  /** Where it begins in the command's text. */
  readonly at: number
}

/** `binary`: a literal8, whose octets are no text for sure (RFC 3516). */
export type AppendPart = { readonly kind: 'text' | 'binary' } | { readonly kind: 'url'; readonly url: string }

export type Command = { readonly tag: string } & (
  | {
      readonly verb:
        | 'CAPABILITY'
        | 'NOOP'
        | 'LOGOUT'
        | 'STARTTLS'
        | 'CHECK'
        | 'CLOSE'
        | 'UNSELECT'
        | 'EXPUNGE'
        | 'IDLE'
        | 'NAMESPACE'
        | 'UNAUTHENTICATE'
    }
  | { readonly verb: 'ID'; readonly fields: ReadonlyMap<string, string> }
  | { readonly verb: 'ENABLE'; readonly capabilities: readonly string[] }
  | { readonly verb: 'LOGIN'; readonly user: string; readonly password: string }
  /** `initial` is decoded; undefined when the client sent none. */
  | { readonly verb: 'AUTHENTICATE'; readonly mechanism: string; readonly initial: Uint8Array | undefined }
  /** Mailbox names are decoded (modified UTF-7, or UTF-8), INBOX in any case is 'INBOX'. */
  | ({
      readonly verb: 'SELECT' | 'EXAMINE'
      readonly mailbox: string
      /** In rev2: how the name was written, where that is not `mailbox` itself. */
      readonly given?: string
    } & SelectParameters)
  | {
      readonly verb: 'CREATE' | 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'
      readonly mailbox: string
      readonly specialUse?: string
      /** In rev2: how the name was written, where that is not `mailbox` itself. */
      readonly given?: string
    }
  | {
      readonly verb: 'RENAME'
      readonly from: string
      readonly to: string
      /** In rev2, as `given`. */
      readonly fromGiven?: string
      readonly toGiven?: string
    }
  /** `options` undefined: the plain LIST of RFC 3501, one pattern. */
  | {
      readonly verb: 'LIST'
      readonly reference: string
      readonly patterns: readonly string[]
      readonly options: ListOptions | undefined
    }
  | { readonly verb: 'LSUB'; readonly reference: string; readonly pattern: string }
  /** RFC 5464. The empty name is the server. Entries are in lower case. */
  | {
      readonly verb: 'GETMETADATA'
      readonly mailbox: string
      readonly entries: readonly string[]
      readonly maxSizeBytes: number | undefined
      readonly depth: 0 | 1 | 'infinity'
    }
  /** Values have one character per octet; undefined removes the entry. */
  | {
      readonly verb: 'SETMETADATA'
      readonly mailbox: string
      readonly edits: readonly { readonly entry: string; readonly value: string | undefined }[]
    }
  /** RFC 4314. Identifiers come without the minus of a negative one; rights in the order of mail/rights.ts. */
  | {
      readonly verb: 'SETACL'
      readonly mailbox: string
      readonly identifier: string
      readonly negative: boolean
      readonly action: RightsAction
      readonly rights: string
    }
  | {
      readonly verb: 'DELETEACL' | 'LISTRIGHTS'
      readonly mailbox: string
      readonly identifier: string
      readonly negative: boolean
    }
  | { readonly verb: 'GETACL' | 'MYRIGHTS'; readonly mailbox: string }
  /** RFC 9208. */
  | { readonly verb: 'GETQUOTA'; readonly root: string }
  | { readonly verb: 'GETQUOTAROOT'; readonly mailbox: string }
  | {
      readonly verb: 'SETQUOTA'
      readonly root: string
      readonly resources: readonly { readonly name: string; readonly limit: number }[]
    }
  /** RFC 5465. `watch` undefined: NONE. */
  | {
      readonly verb: 'NOTIFY'
      readonly watch: { readonly status: boolean; readonly groups: readonly NotifyGroup[] } | undefined
    }
  | ({ readonly verb: 'STATUS'; readonly mailbox: string } & StatusItems)
  | {
      readonly verb: 'APPEND'
      readonly mailbox: string
      /** In rev2: how the name was written, where that is not `mailbox` itself. */
      readonly given?: string
      readonly messages: readonly AppendMessage[]
    }
  /** RFC 8508: `number` is a UID if `uid`. */
  | {
      readonly verb: 'REPLACE'
      readonly uid: boolean
      readonly number: number | '*'
      readonly mailbox: string
      readonly message: AppendMessage
    }
  | { readonly verb: 'COMPRESS'; readonly mechanism: string }
  /** RFC 4467. */
  | { readonly verb: 'GENURLAUTH'; readonly urls: readonly { readonly rump: string; readonly mechanism: string }[] }
  | { readonly verb: 'URLFETCH'; readonly urls: readonly string[] }
  /** Of all mailboxes if `mailbox` is undefined. */
  | { readonly verb: 'RESETKEY'; readonly mailbox: string | undefined; readonly mechanisms: readonly string[] }
  | { readonly verb: 'UID EXPUNGE'; readonly set: SequenceSet }
  /** `returns` undefined: the client wants the answer that came before RFC 4731. */
  | ({
      readonly verb: 'SEARCH'
      readonly uid: boolean
      readonly returns: SearchReturn | undefined
    } & SearchCriteria)
  | ({
      readonly verb: 'SORT'
      readonly uid: boolean
      readonly returns: SearchReturn | undefined
      readonly by: readonly SortKey[]
    } & SearchCriteria)
  | ({
      readonly verb: 'THREAD'
      readonly uid: boolean
      readonly algorithm: 'ORDEREDSUBJECT' | 'REFERENCES'
    } & SearchCriteria)
  /** RFC 7377. */
  | ({
      readonly verb: 'ESEARCH'
      readonly mailboxes: readonly MailboxFilter[]
      readonly returns: SearchReturn
    } & SearchCriteria)
  /** RFC 5267 4.3.5: tags of the searches that were to be kept up to date. */
  | { readonly verb: 'CANCELUPDATE'; readonly tags: readonly string[] }
  /** RFC 10022: `batches` are numbers of batches, counted from 1, from the newest messages on. */
  | {
      readonly verb: 'UIDBATCHES'
      readonly size: number
      readonly batches: { readonly first: number; readonly last: number } | undefined
    }
  | ({
      readonly verb: 'FETCH'
      readonly uid: boolean
      readonly set: SequenceSet
      readonly items: readonly FetchItem[]
    } & FetchModifiers)
  | {
      readonly verb: 'STORE'
      readonly uid: boolean
      readonly set: SequenceSet
      /** RFC 7162 3.1.3: messages changed after it are left alone. */
      readonly unchangedSince: number | undefined
      readonly action: 'add' | 'remove' | 'replace'
      readonly silent: boolean
      readonly flags: number
      readonly keywords: readonly string[]
    }
  | { readonly verb: 'COPY' | 'MOVE'; readonly uid: boolean; readonly set: SequenceSet; readonly mailbox: string }
)
