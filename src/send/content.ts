// The octets of a message as they go to one peer: what we put before it and the message itself, whole while it is small, in pieces otherwise.

import type { SpooledMessage } from '#store/spool.ts'
import { sessionLimits } from './limits.ts'
import type { Mail } from './mail.ts'

export interface Content {
  /** Undefined: known only when it has been made. */
  readonly sizeBytes: number | undefined
  /** All of it, where it is in memory and small. */
  readonly whole: WholeContent | undefined
  /** From the begin; may be called once. */
  pieces(): AsyncIterable<Uint8Array>
}

/** Not joined: a copy of each message would be the largest part of what sending it costs. */
export interface WholeContent {
  /** Lines with CRLF. */
  readonly fields: string
  readonly fieldsBytes: number
  readonly message: Uint8Array
}

/** As it came, line ends included. */
export function asItIs({ fields, spooled }: Pick<Mail, 'fields' | 'spooled'>): Content {
  const fieldsBytes = Buffer.byteLength(fields)
  const sizeBytes = fieldsBytes + spooled.sizeBytes
  const isInMemory = spooled.head.length === spooled.sizeBytes && sizeBytes <= sessionLimits.sentAtOnceBytes
  return {
    sizeBytes,
    whole: isInMemory && isLines(fields) ? { fields, fieldsBytes, message: spooled.head } : undefined,
    pieces: () => pieces(fields, spooled),
  }
}

/** What is made of the fields elsewhere is not for this place to trust: a line end of one octet would let them hold a message of their own. */
function isLines(fields: string): boolean {
  return (fields === '' || fields.endsWith('\r\n')) && !bareLineEnd.test(fields)
}

const bareLineEnd = /\r(?!\n)|(?<!\r)\n/

async function* pieces(fields: string, spooled: SpooledMessage): AsyncGenerator<Uint8Array> {
  if (fields !== '') yield Buffer.from(fields, 'utf8')
  yield* octetsOf(spooled, 0, spooled.sizeBytes)
}

/** Octets `start` up to `end`, in pieces. */
export async function* octetsOf(spooled: SpooledMessage, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const octets = await spooled.read(at, Math.min(at + sessionLimits.chunkBytes, end))
    if (octets.length === 0) throw new Error('a spooled message is shorter than its size says')
    yield octets
    at += octets.length
  }
}
