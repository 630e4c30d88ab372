// The system flags (RFC 9051 2.3.2) as bits: what the store keeps and IMAP spells. \Recent is no flag of a message: it belongs to a session (RFC 3501 2.3.2).

export const flag = {
  seen: 1,
  answered: 2,
  flagged: 4,
  deleted: 8,
  draft: 16,
  /** The house's own mark, which no IMAP client sees or sets: POP3 took the message, and is not shown it any more. */
  taken: 128,
} as const

/** Those that IMAP knows. */
export const systemFlagBits = 31

/** In the order in which they are printed. */
export const systemFlags: readonly (readonly [bit: number, name: string])[] = [
  [flag.answered, '\\Answered'],
  [flag.flagged, '\\Flagged'],
  [flag.deleted, '\\Deleted'],
  [flag.seen, '\\Seen'],
  [flag.draft, '\\Draft'],
]
