// Limits of what is made of reports that come back.

export const limits = {
  /** Of a report, as much as is read: its parts stand first, the returned message last. */
  returnBytes: 262_144,
} as const
