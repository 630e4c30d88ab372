// Every limit of this folder.

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const limits = {
  /** Used by another protocol since then: DELE hides. */
  usedWithinMs: 30 * dayMs,
  /** Both protocols used since then: the owner is told. */
  bothWithinMs: 7 * dayMs,
  /** So long nothing more is told. */
  noticeEveryMs: 30 * dayMs,
  /** What is remembered of the devices of an account, for each protocol; those not seen for longest go first. */
  devices: 50,
  /** So long a device that was not known waits to be written down: its client may still say its name. */
  gatherMs: 60_000,
  /** One that is known is written down so often. */
  writeEveryMs: hourMs,
  /** A session that lasts is written down so often. */
  lastingMs: dayMs,
  /** Devices in memory, of all accounts: beyond that they are written down sooner, or, on a full disk, not at all. */
  notes: 100_000,
  /** Devices written down by one transaction. */
  rowsPerWrite: 500,
  /** Accounts whose settings are in memory. */
  accounts: 100_000,
  forgetSettingsMs: dayMs,
  /** Characters of a client's name. */
  clientLength: 100,
  /** Devices that a notice names. */
  toldDevices: 20,
} as const
