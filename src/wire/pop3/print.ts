// What the server says (RFC 1939 3, 2449 8, 3206, 6856): ASCII alone until LANG. Messages are the business of dot-stuffer.ts.

import { listingPieceOctets } from './limits.ts'
import { type Text, type Texts, textIn } from './texts/texts.ts'

/** RFC 2449 8.1, 3206 4 and 5. */
export type ResponseCode = 'IN-USE' | 'LOGIN-DELAY' | 'SYS/TEMP' | 'SYS/PERM' | 'AUTH'

export interface Ok {
  readonly kind: 'ok'
  readonly text: Text
}

export interface Refusal {
  readonly kind: 'error'
  readonly code: ResponseCode | undefined
  readonly text: Text
}

/** +OK and lines; a line never begins with a dot. */
export interface Listing {
  readonly kind: 'listing'
  readonly text: Text
  readonly lines: Iterable<string>
}

/** `text` holds no line end. */
export function ok(text: Text): Ok {
  return { kind: 'ok', text }
}

/** `text` holds no line end and does not begin with `[`. */
export function refusal(text: Text, code?: ResponseCode): Refusal {
  return { kind: 'error', code, text }
}

export function printStatus(reply: Ok | Refusal, texts: Texts): string {
  const text = textIn(texts, reply.text)
  if (reply.kind === 'ok') return `+OK ${text}\r\n`
  return reply.code === undefined ? `-ERR ${text}\r\n` : `-ERR [${reply.code}] ${text}\r\n`
}

/** RFC 5034 4: an empty challenge keeps its space. */
export function printChallenge(bytes: Uint8Array): string {
  return `+ ${bytes.toBase64()}\r\n`
}

/** The whole reply in pieces of some kilobytes, so that a long one can wait for a slow reader. */
export function* printListing(reply: Listing, texts: Texts): Generator<string> {
  let piece = `+OK ${textIn(texts, reply.text)}\r\n`
  for (const line of reply.lines) {
    piece += `${line}\r\n`
    if (piece.length < listingPieceOctets) continue
    yield piece
    piece = ''
  }
  yield `${piece}.\r\n`
}

/**
 * The unique-id of an entry (RFC 1939 7): 1 to 70 characters of 0x21 to 0x7E.
 * `ph` keeps it apart from bare numbers: a client that knows `12` from the server before ours would never fetch our 12.
 */
export function printUniqueId(entryId: number): string {
  return `ph${entryId.toString(36)}`
}
