// The "no" of the directory's verbs, as data: the command line says it in words, with the next step.

export type RefusalKind =
  | 'bad-domain'
  | 'bad-address'
  | 'bad-password'
  | 'no-such-domain'
  | 'no-such-account'
  | 'no-such-alias'
  /** No grant to send as that address. */
  | 'no-such-grant'
  | 'no-such-mailbox'
  /** A name that no mailbox can have, or one mailbox more than there may be. */
  | 'bad-mailbox'
  /** No message that was removed and is still kept. */
  | 'no-such-message'
  /** The account has no room for it. */
  | 'over-quota'
  /** No entry of the access control list for that one. */
  | 'no-such-right'
  | 'bad-rights'
  /** Rights to its own mailbox: the owner has them all. */
  | 'owner'
  /** A mailbox whose access control list is full. */
  | 'too-many-rights'
  | 'already-exists'
  /** Messages of an import that never became whole. */
  | 'too-many-imports'
  /** A message of an import whose octets came too slowly. */
  | 'no-such-upload'
  /** A domain that still has accounts. */
  | 'in-use'
  /** A value that a setting cannot have. */
  | 'bad-setting'
  /** An account that has as many grants as there may be. */
  | 'too-many'
  /** More targets than an alias or a forward may have. */
  | 'too-many-targets'
  /** A target that is the alias itself, or none at all. */
  | 'bad-target'
  /** A filter that names what there is not, or nothing at all. */
  | 'bad-filter'

export interface Refusal {
  readonly kind: RefusalKind
  /** The name that it is about, as given. */
  readonly subject: string
}

export type Outcome<T> = { readonly kind: 'done'; readonly value: T } | Refusal

export function done<T>(value: T): { readonly kind: 'done'; readonly value: T } {
  return { kind: 'done', value }
}
