// FETCH responses (RFC 3501 7.4.2): the fast way for flags of a whole mailbox.

/** `* 3 FETCH (UID 7 FLAGS (\Seen))CRLF`. `flags` as printFlags gives them. */
export function flagsFetchLine(sequenceNumber: number, uid: number | undefined, flags: string): string {
  return uid === undefined
    ? `* ${sequenceNumber} FETCH (FLAGS (${flags}))\r\n`
    : `* ${sequenceNumber} FETCH (UID ${uid} FLAGS (${flags}))\r\n`
}
