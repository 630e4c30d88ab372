// An IMAP command as data (RFC 3501 9): what the parser makes and the session runs.

/** A set of message numbers or UIDs. `'*'` is the largest in use; a range's ends may stand in either order (RFC 3501 9, seq-range). */
export type SequenceSet = readonly { readonly from: number | '*'; readonly to: number | '*' }[]

export interface StatusItems {
  readonly items: readonly ('MESSAGES' | 'RECENT' | 'UIDNEXT' | 'UIDVALIDITY' | 'UNSEEN')[]
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

export type FetchItem =
  | { readonly kind: 'flags' | 'uid' | 'envelope' | 'internaldate' | 'rfc822.size' | 'body' | 'bodystructure' }
  | {
      readonly kind: 'section'
      readonly section: Section
      readonly peek: boolean
      readonly partial: { readonly start: number; readonly length: number } | undefined
      /** RFC822, RFC822.HEADER and RFC822.TEXT answer under their own names. */
      readonly answerAs: 'BODY' | 'RFC822' | 'RFC822.HEADER' | 'RFC822.TEXT'
    }

export type SearchKey =
  | { readonly key: 'all' | 'recent' | 'new' | 'old' }
  /** `set: false` is UNSEEN, UNANSWERED, ... `bit` as in mail/flags.ts. */
  | { readonly key: 'flag'; readonly bit: number; readonly set: boolean }
  | { readonly key: 'keyword'; readonly keyword: string; readonly set: boolean }
  | { readonly key: 'sequence' | 'uid'; readonly set: SequenceSet }
  /** Days are UTC midnights in milliseconds, dates without their zone (RFC 3501 6.4.4). */
  | { readonly key: 'before' | 'on' | 'since' | 'sentbefore' | 'senton' | 'sentsince'; readonly day: number }
  | { readonly key: 'larger' | 'smaller'; readonly sizeBytes: number }
  | { readonly key: 'header'; readonly name: string; readonly text: string }
  | { readonly key: 'body' | 'text'; readonly text: string }
  | { readonly key: 'not'; readonly of: SearchKey }
  | { readonly key: 'or'; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly key: 'and'; readonly all: readonly SearchKey[] }

export interface AppendMessage {
  /** System flags as bits of mail/flags.ts. */
  readonly flags: number
  readonly keywords: readonly string[]
  /** Milliseconds since 1970. */
  readonly internalDate: number | undefined
}

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
    }
  | { readonly verb: 'ID'; readonly fields: ReadonlyMap<string, string> }
  | { readonly verb: 'ENABLE'; readonly capabilities: readonly string[] }
  | { readonly verb: 'LOGIN'; readonly user: string; readonly password: string }
  /** `initial` is decoded; undefined when the client sent none. */
  | { readonly verb: 'AUTHENTICATE'; readonly mechanism: string; readonly initial: Uint8Array | undefined }
  /** Mailbox names are decoded (modified UTF-7, or UTF-8), INBOX in any case is 'INBOX'. */
  | {
      readonly verb: 'SELECT' | 'EXAMINE' | 'CREATE' | 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'
      readonly mailbox: string
      readonly specialUse?: string
    }
  | { readonly verb: 'RENAME'; readonly from: string; readonly to: string }
  | { readonly verb: 'LIST' | 'LSUB'; readonly reference: string; readonly pattern: string }
  | ({ readonly verb: 'STATUS'; readonly mailbox: string } & StatusItems)
  /** Its message arrives as literal events: see receiver.ts. */
  | { readonly verb: 'APPEND'; readonly mailbox: string; readonly message: AppendMessage }
  | { readonly verb: 'UID EXPUNGE'; readonly set: SequenceSet }
  | { readonly verb: 'SEARCH'; readonly uid: boolean; readonly charset: string | undefined; readonly key: SearchKey }
  | { readonly verb: 'FETCH'; readonly uid: boolean; readonly set: SequenceSet; readonly items: readonly FetchItem[] }
  | {
      readonly verb: 'STORE'
      readonly uid: boolean
      readonly set: SequenceSet
      readonly action: 'add' | 'remove' | 'replace'
      readonly silent: boolean
      readonly flags: number
      readonly keywords: readonly string[]
    }
  | { readonly verb: 'COPY' | 'MOVE'; readonly uid: boolean; readonly set: SequenceSet; readonly mailbox: string }
)
