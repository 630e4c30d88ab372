// What the rights of RFC 4314 mean for flags: which of them one may change in a mailbox.

import { flag } from '#mail/flags.ts'
import type { MailboxView } from '#store/mailbox-view.ts'
import type { ReaderEdit } from '#store/shares.ts'

/** Flags that a holder of `rights` may change. */
export function flagsWithin(rights: string): { readonly flags: number; readonly keywords: boolean } {
  const may = (right: string, bits: number) => (rights.includes(right) ? bits : 0)
  const others = flag.answered | flag.flagged | flag.draft
  return { flags: may('s', flag.seen) | may('t', flag.deleted) | may('w', others), keywords: rights.includes('w') }
}

/** What a reader of another's mailbox may change of flags; undefined for its owner. */
export function readerEdit({ readerId, rights }: MailboxView): ReaderEdit | undefined {
  return readerId === undefined ? undefined : { readerId, ...flagsWithin(rights) }
}

/** Whether anything can be changed there at all. */
export function isReadOnly(rights: string): boolean {
  return ![...'swite'].some(right => rights.includes(right))
}

/** RFC 4314 5.2: whether the mailbox is told as READ-ONLY: \Seen, which is each reader's own, is no change of it. */
export function isToldReadOnly(rights: string): boolean {
  return ![...'wite'].some(right => rights.includes(right))
}
