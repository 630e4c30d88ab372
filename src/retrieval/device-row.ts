// The rows of the devices that an account is read by.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { Protocol } from './retrieval.ts'

/** A POP3 program has no name: its network stands for it. */
export interface Device {
  readonly protocol: Protocol
  /** As it says with ID (RFC 2971); '' where it has said none. */
  readonly client: string
  /** A /24 or /64. */
  readonly network: string
  /** Milliseconds since 1970, both. */
  readonly firstAt: number
  readonly lastAt: number
  readonly lastAddress: string
  /** Messages whose bodies it fetched, removed, hid from POP3. */
  readonly taken: number
  readonly removed: number
  readonly hidden: number
}

/** Adds what is counted to what was. */
export async function addDevice(tx: Tx, accountId: number, device: Device): Promise<void> {
  const { protocol, client, network, firstAt, lastAt, lastAddress, taken, removed, hidden } = device
  await tx.run(sql`
    INSERT INTO device (account_id, protocol, client, network, first_at, last_at, last_address, taken, removed, hidden)
    VALUES (${accountId}, ${protocol}, ${client}, ${network}, ${firstAt}, ${lastAt}, ${lastAddress},
      ${taken}, ${removed}, ${hidden})
    ON CONFLICT (account_id, protocol, client, network) DO UPDATE SET last_at = excluded.last_at,
      last_address = excluded.last_address, taken = device.taken + excluded.taken,
      removed = device.removed + excluded.removed, hidden = device.hidden + excluded.hidden`)
}

/** Those not seen for longest go: for each protocol by itself, so that a wandering POP3 program does not push out the phone that uses IMAP. */
export async function dropOldest(tx: Tx, accountId: number, protocol: Protocol): Promise<void> {
  await tx.run(sql`
    DELETE FROM device WHERE account_id = ${accountId} AND protocol = ${protocol} AND (client, network) NOT IN (
      SELECT client, network FROM device WHERE account_id = ${accountId} AND protocol = ${protocol}
      ORDER BY last_at DESC, client, network LIMIT ${limits.devices})`)
}

type DeviceRow = [
  protocol: Protocol,
  client: string,
  network: string,
  firstAt: number,
  lastAt: number,
  lastAddress: string,
  taken: number,
  removed: number,
  hidden: number,
]

/** The latest first. */
export async function readDevices(tx: Tx, accountId: number): Promise<readonly Device[]> {
  const rows = await tx.all<DeviceRow>(sql`
    SELECT protocol, client, network, first_at, last_at, last_address, taken, removed, hidden
    FROM device WHERE account_id = ${accountId} ORDER BY last_at DESC, protocol, client, network`)
  return rows.map(([protocol, client, network, firstAt, lastAt, lastAddress, taken, removed, hidden]) => ({
    protocol,
    client,
    network,
    firstAt,
    lastAt,
    lastAddress,
    taken,
    removed,
    hidden,
  }))
}

/** When each protocol was last used, as far as it is written down. */
export async function lastUses(tx: Tx, accountId: number): Promise<ReadonlyMap<Protocol, number>> {
  return new Map(
    await tx.all<[Protocol, number]>(sql`
      SELECT protocol, MAX(last_at) FROM device WHERE account_id = ${accountId} GROUP BY protocol`),
  )
}
