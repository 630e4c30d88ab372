// Outcomes become rows: many at once, in one transaction. Only what is still under our lease is touched: an operator may have dropped or returned it meanwhile.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import type { RecipientOutcome, Try } from '#mail/outcome.ts'
import type { Route } from './carriage.ts'
import { limits } from './limits.ts'
import { endIfDone, type Key, type QueuedMessage, type QueuedRecipient } from './rows.ts'
import { insertTries } from './tries.ts'
import type { Said, Verdict } from './verdict.ts'

/** What became of recipients of one message at one try. */
export interface Settlement {
  readonly message: QueuedMessage
  readonly hop: string
  readonly results: readonly Result[]
  /** Kept while the message has recipients left. */
  readonly tries: readonly Try[]
}

export type Result =
  | {
      readonly kind: 'verdict'
      readonly recipient: QueuedRecipient
      readonly verdict: Verdict
      readonly outcome: RecipientOutcome
    }
  /** It goes elsewhere from now on. */
  | { readonly kind: 'moved'; readonly recipient: QueuedRecipient; readonly route: Route }
  /** It was not tried, and is due at `at`. */
  | { readonly kind: 'back'; readonly recipient: QueuedRecipient; readonly at: number }

/** Settles with when the first report is to be written that this asks for; undefined: none. */
export async function settle(
  tx: Tx,
  settlements: readonly Settlement[],
  { holder, now }: { readonly holder: string; readonly now: number },
): Promise<number | undefined> {
  await removeGone(tx, settlements, holder)
  const owing = new Set<string>()
  for (const { message, results, tries } of settlements) {
    let hasLeft = false
    for (const result of results) {
      if (result.kind === 'verdict' && result.verdict.kind === 'gone') continue
      hasLeft = true
      if (await setRow(tx, message, result, { holder, now })) owing.add(message.messageId)
    }
    if (hasLeft && tries.length > 0) await insertTries(tx, message, tries)
  }
  const ended = await endMessages(tx, settlements)
  let first = Number.POSITIVE_INFINITY
  for (const [messageId, message] of new Map(settlements.map(({ message }) => [message.messageId, message]))) {
    if (owing.has(messageId)) first = Math.min(first, await owe(tx, message, now))
    else if (!ended.has(messageId)) first = Math.min(first, await hurry(tx, message, now))
  }
  return first === Number.POSITIVE_INFINITY ? undefined : first
}

const removeOfMessage = listOf`
  DELETE FROM queue_recipient WHERE account_id = ${0} AND message_id = ${0} AND lease = ${0} AND number IN (${0})`

const removeOfNumber = listOf`
  DELETE FROM queue_recipient WHERE account_id = ${0} AND number = ${0} AND lease = ${0} AND message_id IN (${0})`

/** Messages of one recipient are most of all mail: those of one account go together. */
async function removeGone(tx: Tx, settlements: readonly Settlement[], holder: string): Promise<void> {
  const singles = new Map<string, { accountId: number; number: number; ids: string[] }>()
  for (const { message, results } of settlements) {
    const { accountId, messageId } = message
    const gone = results.filter(one => one.kind === 'verdict' && one.verdict.kind === 'gone')
    const numbers = gone.map(({ recipient }) => recipient.number)
    const [number] = numbers
    if (number === undefined) continue
    if (numbers.length > 1)
      for (const some of slices(numbers)) await tx.run(removeOfMessage([accountId, messageId, holder], some))
    else {
      const key = `${accountId} ${number}`
      const group = singles.get(key)
      if (group === undefined) singles.set(key, { accountId, number, ids: [messageId] })
      else group.ids.push(messageId)
    }
  }
  for (const { accountId, number, ids } of singles.values())
    for (const some of slices(ids)) await tx.run(removeOfNumber([accountId, number, holder], some))
}

/** Whether a report is owed for it. */
async function setRow(
  tx: Tx,
  key: Key,
  result: Result,
  at: { readonly holder: string; readonly now: number },
): Promise<boolean> {
  if (result.kind === 'back') return await setReady(tx, key, result, at.holder)
  if (result.kind === 'moved') return await setRoute(tx, key, result, at)
  const { recipient, verdict } = result
  const place = { ...key, number: recipient.number, holder: at.holder }
  if (verdict.kind === 'gone') return false
  if (verdict.kind === 'later') return (await setLater(tx, place, recipient, verdict)) && verdict.tellsDelay
  return await setEnd(tx, place, verdict.state, verdict.said)
}

interface RowPlace extends Key {
  readonly number: number
  readonly holder: string
}

async function setLater(
  tx: Tx,
  { accountId, messageId, number, holder }: RowPlace,
  { tries }: QueuedRecipient,
  { nextAt, said }: Extract<Verdict, { kind: 'later' }>,
): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE queue_recipient SET state = CASE WHEN held_for IS NULL THEN 'deferred' ELSE 'held' END,
      next_at = CASE WHEN held_for IS NULL THEN CAST(${nextAt} AS BIGINT) ELSE NULL END, tries = ${tries + 1},
      status = ${said.status}, reply = ${said.reply}, class = ${said.class ?? null}, said_by = ${said.by ?? null},
      lease = NULL, leased_until = NULL
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number} AND lease = ${holder}`)
  return changed > 0
}

async function setEnd(
  tx: Tx,
  { accountId, messageId, number, holder }: RowPlace,
  state: string,
  said: Said,
): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE queue_recipient SET state = ${state}, next_at = NULL, status = ${said.status}, reply = ${said.reply},
      class = ${said.class ?? null}, said_by = ${said.by ?? null}, tries = tries + 1, held_for = NULL, lease = NULL,
      leased_until = NULL
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number} AND lease = ${holder}`)
  return changed > 0
}

async function setRoute(
  tx: Tx,
  { accountId, messageId }: Key,
  { recipient, route }: Extract<Result, { kind: 'moved' }>,
  { holder, now }: { readonly holder: string; readonly now: number },
): Promise<false> {
  const { number } = recipient
  if (route.kind === 'held')
    await tx.run(sql`
      UPDATE queue_recipient SET state = 'held', next_at = NULL, held_for = COALESCE(held_for, ${route.reason}), lease = NULL,
        leased_until = NULL
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number} AND lease = ${holder}`)
  else
    await tx.run(sql`
      UPDATE queue_recipient SET hop = ${route.hop}, state = CASE WHEN held_for IS NULL THEN 'ready' ELSE 'held' END,
        next_at = CASE WHEN held_for IS NULL THEN CAST(${now} AS BIGINT) ELSE NULL END, lease = NULL, leased_until = NULL
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number} AND lease = ${holder}`)
  return false
}

async function setReady(
  tx: Tx,
  { accountId, messageId }: Key,
  { recipient: { number }, at }: Extract<Result, { kind: 'back' }>,
  holder: string,
): Promise<false> {
  await tx.run(sql`
    UPDATE queue_recipient SET state = CASE WHEN held_for IS NULL THEN 'ready' ELSE 'held' END,
      next_at = CASE WHEN held_for IS NULL THEN CAST(${at} AS BIGINT) ELSE NULL END, lease = NULL, leased_until = NULL
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number} AND lease = ${holder}`)
  return false
}

/** Settles with the ids of those that are done. */
async function endMessages(tx: Tx, settlements: readonly Settlement[]): Promise<ReadonlySet<string>> {
  const byAccount = new Map<number, Set<string>>()
  for (const { message, results } of settlements) {
    if (!results.some(one => one.kind === 'verdict' && one.verdict.kind === 'gone')) continue
    const ids = byAccount.get(message.accountId) ?? new Set()
    byAccount.set(message.accountId, ids.add(message.messageId))
  }
  const ended = new Set<string>()
  for (const [accountId, ids] of byAccount)
    for (const messageId of await endIfDone(tx, accountId, [...ids])) ended.add(messageId)
  return ended
}

/** A report waits a while for those that are still under way for the first time, so that it names them too. Settles with when it is due. */
export async function owe(tx: Tx, { accountId, messageId }: Key, now: number): Promise<number> {
  const busy = await tx.get(sql`
    SELECT number FROM queue_recipient
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND (state = 'ready' OR state = 'active') LIMIT 1`)
  const at = busy === undefined ? now : now + limits.gatherMs
  await tx.run(sql`
    UPDATE queue_message SET report_at = CASE WHEN report_at IS NULL OR report_at > ${at} THEN ${at} ELSE report_at END
    WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  return at
}

/** A report that waits for others of its message waits no more when these have come back. Settles with when it is due; Infinity: as before. */
async function hurry(tx: Tx, { accountId, messageId }: Key, now: number): Promise<number> {
  const changed = await tx.run(sql`
    UPDATE queue_message SET report_at = ${now}
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND report_at > ${now} AND report_at <= ${now + limits.gatherMs}
      AND NOT EXISTS (
        SELECT 1 FROM queue_recipient r WHERE r.account_id = queue_message.account_id
          AND r.message_id = queue_message.message_id AND (r.state = 'ready' OR r.state = 'active'))`)
  return changed > 0 ? now : Number.POSITIVE_INFINITY
}
