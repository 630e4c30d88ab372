// The mailboxes that one client may know of, by whose they are. Its own follow the change feed name by name. Of others' a list is taken anew
// when something may have changed, and compared: so that what may not be seen of another's account is never spoken of.

import type { Mailbox } from '#store/mailbox.ts'
import { keyOf } from './pending.ts'

/** A mailbox that the account may know of. */
export interface Known {
  readonly accountId: number
  readonly mailbox: Mailbox
  /** As this client calls it. */
  readonly name: string
  /** Letters of RFC 4314. */
  readonly rights: string
}

export interface OthersMailbox {
  readonly accountId: number
  readonly mailboxId: number
  readonly name: string
  /** What stands before all names of its owner's mailboxes. */
  readonly prefix: string
  readonly isReadable: boolean
  readonly uidValidity: number
  readonly exists: number
}

export interface Difference {
  /** Undefined: it can be seen since. */
  readonly was: OthersMailbox | undefined
  /** Undefined: it can't be seen any more. */
  readonly is: OthersMailbox | undefined
}

/** By `accountId/mailboxId`. */
export type OthersMailboxes = ReadonlyMap<string, OthersMailbox>

export function othersOf(accountId: number, mailboxes: readonly Known[]): OthersMailboxes {
  const others = mailboxes.filter(one => one.accountId !== accountId).map(othersMailbox)
  return new Map(others.map(other => [keyOf(other), other]))
}

function othersMailbox({ accountId, mailbox, name, rights }: Known): OthersMailbox {
  const { mailboxId, uidValidity, exists } = mailbox
  const prefix = name.slice(0, name.length - mailbox.name.length)
  return { accountId, mailboxId, name, prefix, isReadable: rights.includes('r'), uidValidity, exists }
}

/** What went first, then what came or is otherwise. */
export function differences(before: OthersMailboxes, now: OthersMailboxes): readonly Difference[] {
  const found: Difference[] = []
  for (const [key, was] of before) if (!now.has(key)) found.push({ was, is: undefined })
  for (const [key, is] of now) {
    const was = before.get(key)
    if (was === undefined || was.name !== is.name || was.isReadable !== is.isReadable || isOther(was, is))
      found.push({ was, is })
  }
  return found
}

/** After a restore. */
export function isOther(was: OthersMailbox, is: OthersMailbox): boolean {
  return was.uidValidity !== is.uidValidity
}
