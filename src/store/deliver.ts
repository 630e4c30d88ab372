// Delivery: one message into mailboxes of any number of accounts, all or none; its bytes are stored once.

import { sql, type Tx } from '#io/sql/database.ts'
import { latin1 } from '#text/bytes.ts'
import { type Step, step, stepOf } from './account-row.ts'
import { insertBlob, insertMessage, type NewBlob, newSurrogateOf } from './blob-row.ts'
import type { Change, Entry } from './change.ts'
import type { Changed } from './changed.ts'
import { addEntries, type NewEntry } from './entry-row.ts'
import { makeAccount, makeMailbox } from './make-mailbox.ts'
import { inbox, normalName } from './names.ts'
import type { Alongside } from './spool.ts'
import type { Delivery } from './store.ts'
import { type ThreadKeys, threadOf } from './threads.ts'

export interface Deliver {
  readonly blob: NewBlob
  readonly threadKeys: ThreadKeys
  readonly deliveries: readonly Delivery[]
  readonly now: number
  readonly alongside?: Alongside | undefined
}

type Delivered = { readonly accountId: number; readonly entry: Entry }

/** Settles with one entry for each delivery, in order. */
export async function deliver(tx: Tx, work: Deliver): Promise<Changed<readonly Delivered[]>> {
  const changes: Change[] = []
  const entries = new Map<string, Delivered>()
  const messages = new Map<string, Message>()
  const result: Delivered[] = []
  for (const delivery of work.deliveries) {
    const place = `${delivery.accountId} ${normalName(delivery.mailbox)}`
    let delivered = entries.get(place)
    if (delivered === undefined) {
      delivered = { accountId: delivery.accountId, entry: await deliverOne(tx, work, delivery, messages, changes) }
      entries.set(place, delivered)
    }
    result.push(delivered)
  }
  await insertBlob(tx, work.blob, messages.size)
  for (const message of messages.values()) await insertMessage(tx, message)
  await work.alongside?.(tx, new Set(work.deliveries.map(({ accountId }) => accountId)), work.blob.blobId)
  return { result, changes }
}

interface Message {
  readonly accountId: number
  readonly messageId: number
  readonly threadId: number
  readonly blobId: number
  readonly prefix: Uint8Array
  readonly lacksEnd: boolean
  readonly surrogateBytes: number | undefined
  readonly sizeBytes: number
  readonly envelope: string | undefined
  refs: number
}

/** One entry in one mailbox. `messages` gathers what the accounts' message rows will be: copies with one prefix and envelope are one message. */
async function deliverOne(
  tx: Tx,
  work: Deliver,
  delivery: Delivery,
  messages: Map<string, Message>,
  changes: Change[],
): Promise<Entry> {
  const { accountId, prefix, envelope } = delivery
  const { now, blob } = work
  const sizeBytes = prefix.length + blob.sizeBytes
  const { mailboxId, modseq, firstId } = await placeFor(tx, { delivery, now, sizeBytes }, changes)
  const key = work.deliveries.length === 1 ? '' : `${accountId} ${latin1(prefix)} ${envelope ?? ''}`
  let message = messages.get(key)
  if (message === undefined) {
    const threadId = await threadOf(tx, { accountId, keys: work.threadKeys, messageId: firstId, now })
    const { blobId, lacksEnd } = blob
    const bytes = { blobId, prefix, lacksEnd, surrogateBytes: newSurrogateOf(blob, prefix), sizeBytes }
    message = { accountId, messageId: firstId, threadId, ...bytes, envelope, refs: 0 }
    messages.set(key, message)
  }
  message.refs++
  const { messageId, threadId } = message
  const entry: NewEntry = {
    flags: delivery.flags ?? 0,
    keywords: delivery.keywords ?? '',
    entryId: firstId + 1,
    messageId,
    threadId,
    sizeBytes,
    internalDate: now,
    savedAt: now,
  }
  const added = await addEntries(tx, { accountId, mailboxId, modseq }, [entry])
  if (added === undefined)
    throw new Error(`mailbox ${mailboxId} of account ${accountId} went away in its own transaction`)
  changes.push({ kind: 'added', accountId, mailboxId, modseq, entries: added.entries })
  return added.entries[0] as Entry // one in, one out
}

interface Asked {
  readonly delivery: Delivery
  readonly now: number
  readonly sizeBytes: number
}

/** The account's step, and the mailbox that a delivery asks for. */
async function placeFor(
  tx: Tx,
  { delivery, now, sizeBytes }: Asked,
  changes: Change[],
): Promise<Step & { readonly mailboxId: number }> {
  const { accountId } = delivery
  const name = normalName(delivery.mailbox)
  const needs = { accountId, now, ids: 2, bytes: sizeBytes, messages: 1, mailbox: name }
  const taken = await step(tx, needs)
  if (taken?.mailboxId !== undefined) return { ...taken, mailboxId: taken.mailboxId }
  const mailboxId = await makeMailboxFor(tx, { accountId, name, now }, changes)
  // Making a mailbox takes a MODSEQ of its own, and the entry's is higher. What was counted is not counted again.
  const again = taken === undefined ? needs : { accountId, now, ids: 2 }
  return { ...(await stepOf(tx, again)), mailboxId }
}

/** A mailbox of that name, INBOX if it can't be. An account without mailboxes gets its first now. */
async function makeMailboxFor(
  tx: Tx,
  wanted: { readonly accountId: number; readonly name: string; readonly now: number },
  changes: Change[],
): Promise<number> {
  const { accountId, name, now } = wanted
  changes.push(...(await makeAccount(tx, accountId, now)).changes)
  const made = await makeMailbox(tx, wanted)
  changes.push(...made.changes)
  if (made.result.kind === 'done') return made.result.mailbox.mailboxId
  const fallback = (await mailboxIdOf(tx, accountId, name)) ?? (await mailboxIdOf(tx, accountId, inbox))
  if (fallback === undefined) throw new Error(`account ${accountId} has no INBOX`)
  return fallback
}

async function mailboxIdOf(tx: Tx, accountId: number, name: string): Promise<number | undefined> {
  const row = await tx.get<[number]>(
    sql`SELECT mailbox_id FROM mailbox WHERE account_id = ${accountId} AND name = ${name}`,
  )
  return row?.[0]
}
