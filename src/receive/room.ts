// Whether there is room in a mailbox, and what its sender is told if not.

import type { Clock } from '#io/clock.ts'
import type { Limited, Store } from '#store/store.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import type { ReceivePolicy } from './policy.ts'

export interface RoomNeeds {
  readonly store: Pick<Store, 'limitOf' | 'noteFull'>
  readonly hostname: string
  readonly clock: Clock
  readonly policy: Pick<ReceivePolicy, 'quotaGraceMs'>
}

export interface RoomQuestion {
  readonly accountId: number
  readonly address: string
  /** Of the message; 0 while nobody knows. */
  readonly sizeBytes: number
}

/** Undefined: there is. */
export async function noRoom(needs: RoomNeeds, question: RoomQuestion): Promise<Refusal | undefined> {
  const { store, hostname } = needs
  const { accountId, address, sizeBytes } = question
  const limited = await store.limitOf(accountId)
  if (limited === undefined) return undefined
  const { usedBytes, limitBytes, messages, limitMessages, fullSince } = limited
  // No making of room would help: the sender must know at once, not after days of retries.
  if (sizeBytes > limitBytes) return refuse('mailbox-too-small', { address, sizeBytes, limitBytes, hostname })
  const hasRoom = usedBytes < limitBytes && usedBytes + sizeBytes <= limitBytes
  if (hasRoom && messages < limitMessages) {
    if (fullSince !== undefined) await store.noteFull(accountId, undefined)
    return undefined
  }
  return await full(needs, question, limited)
}

async function full(
  { store, clock, policy, hostname }: RoomNeeds,
  { accountId, address }: RoomQuestion,
  limited: Limited,
) {
  const now = clock.now()
  if (limited.fullSince === undefined) await store.noteFull(accountId, now)
  const isForLong = now - (limited.fullSince ?? now) >= policy.quotaGraceMs
  return refuse(isForLong ? 'mailbox-full-for-long' : 'mailbox-full', { address, hostname })
}
