// Which messages owe a report, and of whom it tells. A report that is being written is claimed for a while: what its message owes meanwhile shows by
// another time in the row, and a process that ends in the middle leaves the claim to run out.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import type { DsnRecipient } from '#mail/dsn.ts'
import { limits } from './limits.ts'
import { localHop } from './local-hop.ts'
import { endIfDone, type Key, type QueuedMessage, type RecipientStatus, recipientsOf } from './rows.ts'
import { expiresAt, type Schedule, tellDelayAt, usualSchedule } from './schedule.ts'
import { isEnd } from './states.ts'
import { wantsReport } from './verdict.ts'

export interface Told {
  readonly number: number
  /** The row goes with the report. */
  readonly isEnd: boolean
  readonly recipient: DsnRecipient
}

/** When the next is due. */
export async function firstReport(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<[number]>(sql`
    SELECT report_at FROM queue_message WHERE report_at IS NOT NULL ORDER BY report_at LIMIT 1`)
  return row?.[0]
}

/** What an earlier process has claimed is due. */
export async function voidClaims(tx: Tx, now: number): Promise<void> {
  await tx.run(
    sql`UPDATE queue_message SET report_at = ${now} WHERE report_at IS NOT NULL AND report_at > ${now + limits.gatherMs}`,
  )
}

const claimIn = listOf`UPDATE queue_message SET report_at = ${0} WHERE account_id = ${0} AND message_id IN (${0})`

/** The longest due. */
export async function claimReports(
  tx: Tx,
  { now, until, count }: { readonly now: number; readonly until: number; readonly count: number },
): Promise<readonly Key[]> {
  const rows = await tx.all<[number, string]>(sql`
    SELECT account_id, message_id FROM queue_message WHERE report_at IS NOT NULL AND report_at <= ${now}
    ORDER BY report_at LIMIT ${count}`)
  for (const [accountId, messageId] of rows) await tx.run(claimIn([until, accountId], [messageId]))
  return rows.map(([accountId, messageId]) => ({ accountId, messageId }))
}

export interface TellingAt {
  readonly now: number
  schedule(hop: string): Schedule
}

/** As many as one report names. */
export async function toldOf(database: Database, message: QueuedMessage, at: TellingAt): Promise<readonly Told[]> {
  const told: Told[] = []
  for (let after = -1; told.length < limits.recipientsPerReport; ) {
    const rows = await database.read(tx => recipientsOf(tx, message, { after, count: limits.rowsPerSlice }))
    for (const row of rows) {
      const recipient = reportedOf(message, row, at)
      if (recipient !== undefined) told.push({ number: row.number, isEnd: isEnd(row.state), recipient })
    }
    after = rows.at(-1)?.number ?? after
    if (rows.length < limits.rowsPerSlice) break
  }
  return told.slice(0, limits.recipientsPerReport)
}

function reportedOf(
  message: QueuedMessage,
  row: RecipientStatus,
  { now, schedule }: TellingAt,
): DsnRecipient | undefined {
  const { address, parameters, state, hop, status = '', reply, by } = row
  const recipient = { address, originalRecipient: parameters.originalRecipient, reply, by, willRetryUntil: undefined }
  if (state === 'delivered')
    return { ...recipient, action: hop === localHop ? 'delivered' : 'relayed', status: '2.0.0' }
  if (state === 'failed' || state === 'expired') return { ...recipient, action: state, status, class: row.class }
  if (state !== 'deferred' || row.delayTold) return undefined
  const its = hop === localHop ? usualSchedule : schedule(hop)
  if (now < tellDelayAt(its, message) || !wantsReport(message, row, 'DELAY')) return undefined
  return { ...recipient, action: 'delayed', status, class: row.class, willRetryUntil: expiresAt(its, message) }
}

const removeIn = listOf`DELETE FROM queue_recipient WHERE account_id = ${0} AND message_id = ${0} AND number IN (${0})`
const delayToldIn = listOf`
  UPDATE queue_recipient SET delay_told = 1 WHERE account_id = ${0} AND message_id = ${0} AND number IN (${0})`

/** The sender knows. */
export async function finishReport(
  tx: Tx,
  message: QueuedMessage,
  told: readonly Told[],
  { now, claimedUntil }: { readonly now: number; readonly claimedUntil: number },
): Promise<void> {
  const { accountId, messageId } = message
  const [ended, delayed] = [told.filter(one => one.isEnd), told.filter(one => !one.isEnd)]
  for (const some of slices(ended))
    await tx.run(
      removeIn(
        [accountId, messageId],
        some.map(({ number }) => number),
      ),
    )
  for (const some of slices(delayed))
    await tx.run(
      delayToldIn(
        [accountId, messageId],
        some.map(({ number }) => number),
      ),
    )
  if ((await endIfDone(tx, accountId, [messageId])).length > 0) return
  const nextAt = told.length === limits.recipientsPerReport ? now : null
  await tx.run(sql`
    UPDATE queue_message SET report_at = CAST(${nextAt} AS BIGINT)
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND report_at = ${claimedUntil}`)
}
