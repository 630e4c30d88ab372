// What a search asks the index, and what it hears: the interface between the two.

/** Texts are folded (text/fold-case.ts) and matched as substrings (RFC 9051 6.4.4). */
export type TextQuery =
  | { readonly kind: 'header'; readonly lowerCaseName: string; readonly folded: string }
  | { readonly kind: 'body' | 'text'; readonly folded: string }

/** `yes` and `no` are final; `ask`: the message itself decides. */
export type TextVerdict = 'yes' | 'no' | 'ask'

export interface TextVerdicts {
  /** Of any message of the account: of one that is not indexed yet, `ask`. */
  of(messageId: number): TextVerdict
}

export interface FindOptions {
  /** The lowest and the highest id of the messages that matter; any others are `ask`. */
  readonly from: number
  readonly to: number
  /** Awaited after every few milliseconds of work. */
  readonly breathe: () => Promise<void>
}

export interface IndexState {
  readonly messages: number
  /** Those that need not be read. The last few of an account never are: they wait until there are enough of them. */
  readonly indexed: number
}

export interface TextSearch {
  /** Exactly what reading every message gives, but for `ask`. Costs as much as the messages of the account between the two ids. */
  find(accountId: number, query: TextQuery, options: FindOptions): Promise<TextVerdicts>
  state(accountId: number): Promise<IndexState>
  /** Works at the account's index for about `forMs`; with `afresh` it is emptied first. Done when every message is in it. */
  advance(accountId: number, options: { readonly afresh: boolean; readonly forMs: number }): Promise<IndexState>
}
