// What a command lets its server say, and what it makes it say.

export type Item = 'uid' | 'flags' | 'modseq' | 'body'

/** What the command under way lets its server say. */
export interface Expected {
  readonly status: 'OK' | 'NO' | 'BAD'
  /** The tagged response's code, by the time it is read; '' for none. */
  readonly code: () => string | RegExp
  /** No EXPUNGE with it. */
  readonly holds?: boolean
  /** Untagged codes, each once, in this order. */
  readonly codes?: readonly (string | RegExp)[]
  /** Messages that a FETCH response is owed for, with these items. */
  readonly asked?: Map<number, readonly Item[]>
  /** Messages that may be told of, asked or not. */
  readonly mayTell?: ReadonlySet<number>
  readonly search?: {
    readonly byUid: boolean
    readonly wanted: readonly number[]
    readonly optional: ReadonlySet<number>
    /** Undefined: SEARCH, or ESEARCH with ALL. */
    readonly returns: readonly string[] | undefined
    readonly tellsModseq: boolean
  }
  readonly values?: ReadonlyMap<string, string>
  /** UIDs that VANISHED (EARLIER) must name, and may name. */
  readonly earlier?: { readonly wanted: ReadonlySet<number>; readonly allowed: ReadonlySet<number> }
  /** Names of further responses: LIST, ENABLED, +. */
  readonly others?: readonly string[]
  /** Sessions that idle may be the first to be told of what is new. */
  readonly contested?: boolean
  /** It is refused before it is a command: nothing is announced with that. */
  readonly isRefusedEarly?: boolean
  /** The mailbox is being opened by it. */
  readonly opens?: boolean
}
