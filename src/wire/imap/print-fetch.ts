// FETCH responses (RFC 3501 7.4.2): one line from its pieces, and the fast way for flags of a whole mailbox.

/** `* seq FETCH (items)CRLF`. Items are printed already, as in `UID 7`. */
export function fetchLine(sequenceNumber: number, items: readonly string[]): string {
  return `* ${sequenceNumber} FETCH (${items.join(' ')})\r\n`
}

/** `* 3 FETCH (UID 7 FLAGS (\Seen))CRLF`. `flags` as printFlags gives them. */
export function flagsFetchLine(sequenceNumber: number, uid: number | undefined, flags: string): string {
  return uid === undefined
    ? `* ${sequenceNumber} FETCH (FLAGS (${flags}))\r\n`
    : `* ${sequenceNumber} FETCH (UID ${uid} FLAGS (${flags}))\r\n`
}
