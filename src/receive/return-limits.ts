// Limits of what is made of reports that come back.

export const limits = {
  /** Of a report, as much as is read: its parts stand first, the returned message last. */
  returnBytes: 262_144,
  /** Of what calls itself a complaint, for which nobody needs a return path of ours: its first parts are short. */
  complaintBytes: 32_768,
} as const
