// The greylist's statements, over a transaction. Addresses come folded.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import { limits } from './limits.ts'

export interface Recipient {
  readonly accountId: number
  readonly address: string
}

/** A message, as it is looked for. */
export interface Key {
  readonly network: string
  /** Of senderKey. */
  readonly sender: string
  readonly recipients: readonly Recipient[]
}

export interface Added extends Key {
  /** The sender as it was written. */
  readonly shown: string
}

/** What was noted before these, in milliseconds since 1970, is forgotten. */
export interface Ages {
  readonly waitingSince: number
  readonly passedSince: number
  readonly keptSince: number
  readonly acceptedSince: number
  readonly writtenToSince: number
}

export interface Triple {
  readonly accountId: number
  readonly recipient: string
  readonly passed: boolean
  readonly notedAt: number
}

export interface Correspondent {
  readonly accountId: number
  readonly notedAt: number
}

export interface Found {
  readonly correspondents: readonly Correspondent[]
  readonly triples: readonly Triple[]
}

const correspondentsOf = listOf`
  SELECT account_id, noted_at FROM correspondent
  WHERE address = ${0} AND (noted_at > ${0} OR (written_to = 1 AND noted_at > ${0})) AND account_id IN (${0})`

// `+`, for else SQLite makes of the OR two searches by age, through all that wait.
const triplesOf = listOf`
  SELECT account_id, recipient, passed, noted_at FROM greylist
  WHERE network = ${0} AND sender = ${0} AND ((+passed = 1 AND noted_at > ${0}) OR (+passed = 0 AND noted_at > ${0}))
    AND account_id IN (${0})`

/** All that is known of the message, of any of its recipients. */
export async function find(tx: Tx, { network, sender, recipients }: Key, ages: Ages): Promise<Found> {
  const accountIds = [...new Set(recipients.map(recipient => recipient.accountId))]
  const correspondents: Correspondent[] = []
  const triples: Triple[] = []
  for (const slice of slices(accountIds)) {
    const known = [sender, ages.acceptedSince, ages.writtenToSince]
    for (const [accountId, notedAt] of await tx.all<[number, number]>(correspondentsOf(known, slice)))
      correspondents.push({ accountId, notedAt })
    const passedOrWaiting = [network, sender, ages.passedSince, ages.waitingSince]
    for (const row of await tx.all<[number, string, number, number]>(triplesOf(passedOrWaiting, slice))) {
      const [accountId, recipient, passed, notedAt] = row
      if (recipients.some(one => one.accountId === accountId && one.address === recipient))
        triples.push({ accountId, recipient, passed: passed === 1, notedAt })
    }
  }
  return { correspondents, triples }
}

/** One that waited too long ago begins anew. */
export async function addWaiting(tx: Tx, { network, sender, recipients, shown }: Added, now: number): Promise<void> {
  for (const { accountId, address } of recipients)
    await tx.run(sql`
      INSERT INTO greylist (account_id, network, sender, recipient, shown, passed, noted_at)
      VALUES (${accountId}, ${network}, ${sender}, ${address}, ${shown}, 0, ${now})
      ON CONFLICT (account_id, network, sender, recipient) DO UPDATE
      SET passed = 0, noted_at = excluded.noted_at, shown = excluded.shown`)
}

/** The sender becomes a correspondent of each recipient. The null path can't: its network is kept with the recipient. */
export async function accept(tx: Tx, { network, sender, recipients, shown }: Added, now: number): Promise<void> {
  for (const { accountId, address } of recipients) {
    if (sender !== '') {
      await noteCorrespondent(tx, { accountId, sender, writtenTo: false, now })
      await tx.run(sql`
        DELETE FROM greylist
        WHERE account_id = ${accountId} AND network = ${network} AND sender = ${sender} AND recipient = ${address}`)
      continue
    }
    await tx.run(sql`
      INSERT INTO greylist (account_id, network, sender, recipient, shown, passed, noted_at)
      VALUES (${accountId}, ${network}, ${sender}, ${address}, ${shown}, 1, ${now})
      ON CONFLICT (account_id, network, sender, recipient) DO UPDATE SET passed = 1, noted_at = excluded.noted_at`)
  }
}

export async function noteCorrespondent(
  tx: Tx,
  { accountId, sender, writtenTo, now }: { accountId: number; sender: string; writtenTo: boolean; now: number },
): Promise<void> {
  await tx.run(
    writtenTo
      ? sql`
        INSERT INTO correspondent (account_id, address, written_to, noted_at) VALUES (${accountId}, ${sender}, 1, ${now})
        ON CONFLICT (account_id, address) DO UPDATE SET written_to = 1, noted_at = excluded.noted_at`
      : sql`
        INSERT INTO correspondent (account_id, address, written_to, noted_at) VALUES (${accountId}, ${sender}, 0, ${now})
        ON CONFLICT (account_id, address) DO UPDATE SET noted_at = excluded.noted_at`,
  )
}

/** Up to `most` of each kind of what is too old. Who has passed, and correspondents, are no more than messages were taken: the mail itself bounds them. */
export async function purge(tx: Tx, ages: Ages, most: number): Promise<void> {
  await dropTriples(tx, { passed: 0, before: ages.waitingSince, most })
  await dropTriples(tx, { passed: 1, before: ages.keptSince, most })
  await dropCorrespondents(tx, { writtenTo: 0, before: ages.acceptedSince, most })
  await dropCorrespondents(tx, { writtenTo: 1, before: ages.writtenToSince, most })
}

/** The `count` that wait longest. */
export async function dropOldest(tx: Tx, count: number): Promise<void> {
  await dropTriples(tx, { passed: 0, before: Number.MAX_SAFE_INTEGER, most: count })
}

export async function countWaiting(tx: Tx): Promise<number> {
  const row = await tx.get<[number]>(sql`SELECT COUNT(*) FROM greylist WHERE passed = 0`)
  return row?.[0] ?? 0
}

export interface Waiting {
  readonly network: string
  readonly sender: string
  readonly recipient: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly passesAt: number
}

export interface WaitingPage {
  readonly items: readonly Waiting[]
  /** Of the next page; undefined at the end. */
  readonly next: string | undefined
}

export async function listWaiting(
  tx: Tx,
  { since, delayMs, after }: { since: number; delayMs: number; after: string | undefined },
): Promise<WaitingPage> {
  const [notedAt, accountId, network, sender, recipient] = startOf(after, since)
  const found = await tx.all<[number, number, string, string, string, string]>(sql`
    SELECT noted_at, account_id, network, sender, recipient, shown FROM greylist
    WHERE passed = 0
      AND (noted_at, account_id, network, sender, recipient) > (${notedAt}, ${accountId}, ${network}, ${sender}, ${recipient})
    ORDER BY noted_at, account_id, network, sender, recipient LIMIT ${limits.pageItems + 1}`)
  const shown = found.slice(0, limits.pageItems)
  const last = shown.at(-1)
  const items = shown.map(([at, , from, , to, writer]) => ({
    network: from,
    sender: writer,
    recipient: to,
    since: at,
    passesAt: at + delayMs,
  }))
  return {
    items,
    next: found.length > shown.length && last !== undefined ? JSON.stringify(last.slice(0, 5)) : undefined,
  }
}

type Place = readonly [notedAt: number, accountId: number, network: string, sender: string, recipient: string]

function startOf(after: string | undefined, since: number): Place {
  if (after === undefined) return [since + 1, 0, '', '', '']
  const read: unknown = JSON.parse(after)
  const isPlace =
    Array.isArray(read) && read.length === 5 && read.every((one, at) => typeof one === (at < 2 ? 'number' : 'string'))
  if (!isPlace) throw new Error('no page begins there')
  return [read[0], read[1], read[2], read[3], read[4]]
}

export async function letIn(
  tx: Tx,
  {
    sender,
    recipient,
    network,
  }: { sender: string | undefined; recipient: string | undefined; network: string | undefined },
  now: number,
): Promise<number> {
  const any = (value: string | undefined) => (value === undefined ? 1 : 0)
  return await tx.run(sql`
    UPDATE greylist SET passed = 1, noted_at = ${now}
    WHERE passed = 0
      AND (${any(sender)} = 1 OR sender = ${sender ?? ''})
      AND (${any(recipient)} = 1 OR recipient = ${recipient ?? ''})
      AND (${any(network)} = 1 OR network = ${network ?? ''})`)
}

export async function forget(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM greylist WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM correspondent WHERE account_id = ${accountId}`)
}

async function dropTriples(
  tx: Tx,
  { passed, before, most }: { passed: 0 | 1; before: number; most: number },
): Promise<void> {
  await tx.run(sql`
    DELETE FROM greylist WHERE (account_id, network, sender, recipient) IN (
      SELECT account_id, network, sender, recipient FROM greylist
      WHERE passed = ${passed} AND noted_at <= ${before} ORDER BY noted_at LIMIT ${most})`)
}

async function dropCorrespondents(
  tx: Tx,
  { writtenTo, before, most }: { writtenTo: 0 | 1; before: number; most: number },
): Promise<void> {
  await tx.run(sql`
    DELETE FROM correspondent WHERE (account_id, address) IN (
      SELECT account_id, address FROM correspondent
      WHERE written_to = ${writtenTo} AND noted_at <= ${before} ORDER BY noted_at LIMIT ${most})`)
}
