// REPLACE (RFC 8508): one message comes and another goes, or neither.

import type { Tx } from '#io/sql/database.ts'
import { type AppendItem, append } from './append.ts'
import { type Changed, unchanged } from './changed.ts'
import { entriesOf } from './entry-row.ts'
import { expunge } from './expunge.ts'
import type { MailboxRefusal } from './store.ts'

export interface Replace {
  readonly old: { readonly accountId: number; readonly mailboxId: number; readonly uid: number }
  readonly to: { readonly accountId: number; readonly mailboxId: number }
  readonly item: AppendItem
  readonly now: number
}

type Replacing = { kind: 'done'; uidValidity: number; uid: number } | { kind: 'no-such-message' } | MailboxRefusal

export async function replace(tx: Tx, { old, to, item, now }: Replace): Promise<Changed<Replacing>> {
  const [going] = await entriesOf(tx, old.accountId, old.mailboxId, [old.uid])
  if (going === undefined) return unchanged({ kind: 'no-such-message' })
  const freed = old.accountId === to.accountId ? { bytes: going.sizeBytes, messages: 1 } : { bytes: 0, messages: 0 }
  const { accountId, mailboxId } = to
  const coming = await append(tx, { accountId, mailboxId, items: [item], now, freed })
  if (coming.result.kind !== 'done') return unchanged(coming.result)
  const { uidValidity, entries } = coming.result
  const gone = await expunge(tx, { ...old, uids: [old.uid], onlyDeleted: false, by: 'imap', now })
  return {
    result: { kind: 'done', uidValidity, uid: entries[0]?.uid ?? 0 },
    changes: [...coming.changes, ...gone.changes],
  }
}
