// Thread ids (RFC 8474 5.2, RFC 8621 3), decided once, when a message comes in: messages that share a message id and their base subject are one thread.

import { hash } from 'node:crypto'
import { sql, type Tx } from '#io/sql/database.ts'
import { listOf } from '#io/sql/list.ts'
import { threadKeys } from '#mail/thread-keys.ts'
import { limits } from './limits.ts'

/** Hashes of the message ids that a message names, each with its base subject; its own first. */
export type ThreadKeys = readonly number[]

/** What to thread a message by, from its first octets. */
export function threadKeysOf(head: Uint8Array): ThreadKeys {
  const found = threadKeys(head)
  const own = found.messageId === undefined ? [] : [found.messageId]
  if (found.references.length === 0) return own.map(id => keyOf(id, found.baseSubject))
  // The first reference names the thread's beginning, the last ones its nearest messages.
  const first = found.references.slice(0, 1)
  const last = found.references.slice(1).slice(-(limits.threadKeys - 2))
  return [...new Set([...own, ...first, ...last])].map(id => keyOf(id, found.baseSubject))
}

/** 53 bits of SHA-1: a number that both SQL and JavaScript hold. */
function keyOf(messageId: string, baseSubject: string): number {
  const digest = hash('sha1', `${messageId}\n${baseSubject}`, 'hex')
  return Number.parseInt(digest.slice(0, 12), 16) * 32 + (Number.parseInt(digest.slice(12, 14), 16) & 31)
}

const threadsOf = listOf`SELECT key, thread_id FROM thread_key WHERE account_id = ${0} AND key IN (${0})`

export interface ThreadSearch {
  readonly accountId: number
  readonly keys: ThreadKeys
  /** The thread's id, if it is a new one. */
  readonly messageId: number
  readonly now: number
}

/** The oldest thread of the account that any of the keys belongs to, else a new one; the keys belong to it from now on. */
export async function threadOf(tx: Tx, { accountId, keys, messageId, now }: ThreadSearch): Promise<number> {
  const [only] = keys
  if (only === undefined) return messageId
  // Most messages refer to none: one statement then.
  if (keys.length === 1 && (await claim(tx, { accountId, key: only, threadId: messageId, now }))) return messageId
  const known = new Map(await tx.all<[key: number, threadId: number]>(threadsOf([accountId], keys)))
  const threadId = known.size === 0 ? messageId : Math.min(...known.values())
  for (const key of keys) {
    if (!known.has(key)) await claim(tx, { accountId, key, threadId, now })
  }
  return threadId
}

interface ThreadKey {
  readonly accountId: number
  readonly key: number
  readonly threadId: number
  readonly now: number
}

/** Notes which thread a key belongs to; false if it belongs to one already. */
async function claim(tx: Tx, { accountId, key, threadId, now }: ThreadKey): Promise<boolean> {
  const rows = await tx.run(sql`
    INSERT INTO thread_key (account_id, key, thread_id, seen_at) VALUES (${accountId}, ${key}, ${threadId}, ${now})
    ON CONFLICT (account_id, key) DO NOTHING`)
  return rows === 1
}

/** Takes away a thread's keys once no message of it is left. */
export async function forgetThread(tx: Tx, accountId: number, threadId: number): Promise<void> {
  await tx.run(sql`
    DELETE FROM thread_key WHERE account_id = ${accountId}
      AND key IN (SELECT key FROM thread_key WHERE account_id = ${accountId} AND thread_id = ${threadId})
      AND NOT EXISTS (SELECT 1 FROM message WHERE account_id = ${accountId} AND thread_id = ${threadId})`)
}
