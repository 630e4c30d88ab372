// The TOP command (RFC 1939 7).

import { TopCutter } from '#wire/pop3/top-cutter.ts'
import type { Maildrop } from './maildrop.ts'
import type { Content, MessageSource } from './message-source.ts'
import { messageLost, noSuchMessage, type Reply } from './reply.ts'

export interface TopWish {
  readonly number: number
  /** Lines of the body. */
  readonly lines: number
}

/** The header, the blank line and so many lines of the body. */
export async function top(maildrop: Maildrop, source: MessageSource, wish: TopWish): Promise<Reply> {
  if (!maildrop.has(wish.number)) return noSuchMessage
  const content = await source.read(wish.number)
  if (content === undefined) return messageLost
  return { kind: 'message', text: texts => texts.topFollows, content: cut(content, new TopCutter(wish.lines)) }
}

function cut(content: Content, cutter: TopCutter): Content {
  return content instanceof Uint8Array ? cutter.push(content) : cutPieces(content, cutter)
}

async function* cutPieces(pieces: AsyncIterable<Uint8Array>, cutter: TopCutter): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield cutter.push(piece)
    if (cutter.done) return
  }
}
