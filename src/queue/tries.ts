// The tries of a message, as an operator reads them; the last few, as long as the message has recipients left.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Try } from '#mail/outcome.ts'
import { limits } from './limits.ts'
import type { Key } from './rows.ts'

export async function insertTries(tx: Tx, { accountId, messageId }: Key, tries: readonly Try[]): Promise<void> {
  const last = await tx.get<[number]>(sql`
    SELECT COALESCE(MAX(number), 0) FROM queue_try WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  let number = last?.[0] ?? 0
  for (const { at, tookMs, host, address, tls, transcript } of tries.slice(-limits.triesPerMessage)) {
    number += 1
    await tx.run(sql`
      INSERT INTO queue_try (account_id, message_id, number, tried_at, took_ms, host, address, tls, transcript)
      VALUES (${accountId}, ${messageId}, ${number}, ${at}, ${Math.round(tookMs)}, ${host}, ${address ?? null}, ${tls ?? null},
        ${shortened(transcript)})`)
  }
  await tx.run(sql`
    DELETE FROM queue_try
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number <= ${number - limits.triesPerMessage}`)
}

type TryRow = [at: number, tookMs: number, host: string, address: string | null, tls: string | null, transcript: string]

/** The oldest first. */
export async function triesOf(tx: Tx, { accountId, messageId }: Key): Promise<readonly Try[]> {
  const rows = await tx.all<TryRow>(sql`
    SELECT tried_at, took_ms, host, address, tls, transcript FROM queue_try
    WHERE account_id = ${accountId} AND message_id = ${messageId} ORDER BY number`)
  return rows.map(([at, tookMs, host, address, tls, transcript]) => ({
    ...{ at, tookMs, host, transcript },
    address: address ?? undefined,
    tls: tls ?? undefined,
  }))
}

/** Its beginning and its end: in the middle are the recipients. */
function shortened(transcript: string): string {
  const { transcriptCharacters: most } = limits
  if (transcript.length <= most) return transcript
  const half = Math.floor(most / 2)
  return `${transcript.slice(0, half).toWellFormed()}\n...\n${transcript.slice(-half).toWellFormed()}`
}
