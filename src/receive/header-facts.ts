// What the decision needs to know of a message's header, from its first octets.

import { latin1 } from '#text/bytes.ts'

const headerEnd = Buffer.from('\r\n\r\n')
const receivedLine = /^received[ \t]*:/gim

/** How many servers the message has passed: Received fields in the head (RFC 5321 6.3). */
export function countReceived(head: Uint8Array): number {
  return latin1(head, 0, endOfHeader(head)).match(receivedLine)?.length ?? 0
}

function endOfHeader(head: Uint8Array): number {
  if (head[0] === 13) return 0 // an empty header: the blank line is the first
  const end = Buffer.from(head.buffer, head.byteOffset, head.byteLength).indexOf(headerEnd)
  return end < 0 ? head.length : end
}
