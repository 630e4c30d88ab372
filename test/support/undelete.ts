// The action of transcripts that puts everything removed back: what `posthouse mail restore ADDRESS --all` does.

import assert from 'node:assert/strict'
import type { Store } from '#store/store.ts'

/** `words`: `--for-pop3`, or the name of the mailbox that takes them. */
export async function undelete(store: Store, accountId: number, words: readonly string[]): Promise<void> {
  const forPop3 = words.includes('--for-pop3')
  const mailbox = words.find(word => word !== '--for-pop3')
  const buried = await store.buried(accountId, { most: 1_000 })
  const ids = buried.map(({ entryId }) => entryId)
  const outcome = await store.restore(accountId, ids, { mailbox, forPop3 })
  assert.ok(outcome.kind === 'done', outcome.kind)
  assert.equal(outcome.restored.length, ids.length)
}
