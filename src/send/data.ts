// The octets of a message on their way: after DATA with dots stuffed, or in chunks.

import { DataWriter } from '#wire/smtp/data-writer.ts'
import { LineEndMender } from '#wire/smtp/line-ends.ts'
import type { PeerReply } from '#wire/smtp/reply-receiver.ts'
import type { Content } from './content.ts'
import type { Conversation } from './conversation.ts'
import { sessionLimits } from './limits.ts'

/** All of it, up to the final dot. A reply that came before the end: the rest was not sent, and the connection is good for nothing more. */
export async function sendData(conversation: Conversation, content: Content): Promise<PeerReply | undefined> {
  const writer = new DataWriter()
  if (content.whole !== undefined) {
    conversation.content(writer.push(Buffer.from(content.whole.fields, 'utf8')))
    conversation.content(writer.push(content.whole.message))
  } else {
    for await (const octets of content.pieces()) {
      conversation.content(writer.push(octets))
      await conversation.room()
      if (conversation.hasInput) return await conversation.answer(1)
    }
  }
  conversation.contentEnd(writer.end())
  return undefined
}

export interface Chunk {
  readonly octets: Uint8Array
  readonly isLast: boolean
}

/** @param isBinary no line end is touched */
export async function* bdatChunks(content: Content, isBinary: boolean): AsyncGenerator<Chunk> {
  const mender = isBinary ? undefined : new LineEndMender()
  let gathered: Uint8Array[] = []
  let length = 0
  for await (const octets of content.pieces()) {
    const mended = mender === undefined ? octets : mender.push(octets)
    if (mended.length === 0) continue
    if (length > 0 && length + mended.length > sessionLimits.chunkBytes) {
      yield { octets: joined(gathered), isLast: false }
      gathered = []
      length = 0
    }
    gathered.push(mended)
    length += mended.length
  }
  const end = mender?.end()
  if (end !== undefined && end.length > 0) gathered.push(end)
  yield { octets: joined(gathered), isLast: true }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces)
}
