// FETCH responses on flags (RFC 3501 7.4.2, RFC 7162 7, RFC 9586 3.1): what is announced and what STORE answers.

export interface FlagItems {
  readonly uid: number | undefined
  /** As printFlags gives them. */
  readonly flags: string | undefined
  readonly modseq: number | undefined
}

/** `* 3 FETCH (UID 7 FLAGS (\Seen) MODSEQ (12))CRLF`. */
export function flagsFetchLine(sequenceNumber: number, { uid, flags, modseq }: FlagItems): string {
  const items = printItems(flags, modseq)
  return uid === undefined
    ? `* ${sequenceNumber} FETCH (${items})\r\n`
    : `* ${sequenceNumber} FETCH (UID ${uid}${items === '' ? '' : ' '}${items})\r\n`
}

/** `* 7 UIDFETCH (FLAGS (\Seen))CRLF`, for sessions without sequence numbers. */
export function uidFetchLine(uid: number, { flags, modseq }: FlagItems): string {
  return `* ${uid} UIDFETCH (${printItems(flags, modseq)})\r\n`
}

function printItems(flags: string | undefined, modseq: number | undefined): string {
  if (modseq === undefined) return flags === undefined ? '' : `FLAGS (${flags})`
  return flags === undefined ? `MODSEQ (${modseq})` : `FLAGS (${flags}) MODSEQ (${modseq})`
}
