// One recipient that nothing is sent to, and why.

/** Whose mail does not go there: one account's, or all that is sent under one of our domains. */
export type Scope =
  | { readonly kind: 'account'; readonly accountId: number }
  /** In lower case ASCII. */
  | { readonly kind: 'domain'; readonly senderDomain: string }

/** `unknown`: its host says for good that there is no such mailbox. `complaint`: the recipient called a message spam. `manual`: somebody wants it so. */
export const reasons = ['unknown', 'complaint', 'manual'] as const
export type Reason = (typeof reasons)[number]

/** `reply`: to a try of ours. `report`: a delivery report that came back. `feedback`: a complaint that came back. */
export const sources = ['reply', 'report', 'feedback', 'operator', 'import'] as const
export type Source = (typeof sources)[number]

export interface NewSuppression {
  readonly scope: Scope
  /** As it was written. */
  readonly recipient: string
  readonly reason: Reason
  readonly source: Source
  /** The reply, or a note: one line. */
  readonly detail: string
  /** Milliseconds since 1970; undefined: as long as it stands. */
  readonly expiresAt: number | undefined
}

export interface Suppression extends NewSuppression {
  /** Milliseconds since 1970. */
  readonly addedAt: number
}
