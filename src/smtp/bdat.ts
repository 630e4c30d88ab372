// BDAT (RFC 3030): a message in chunks of a told size. The octets of a chunk are read whatever becomes of it, for the client may have
// sent them, and the commands behind them, already.

import type { CommandOf } from '#wire/smtp/command.ts'
import { reply } from '#wire/smtp/reply.ts'
import { commit, logged, type MessageAnswer, tooLarge } from './commit.ts'
import type { Conversation } from './conversation.ts'
import { MessageStream } from './message-stream.ts'

export async function bdat(conversation: Conversation, { sizeBytes, last }: CommandOf<'BDAT'>): Promise<MessageAnswer> {
  const { needs, limits, transaction } = conversation
  if (transaction === undefined) {
    await swallowChunk(conversation, sizeBytes)
    return conversation.refuse('sender-first')
  }
  const sumBytes = (transaction.stream?.sizeBytes ?? 0) + sizeBytes
  const { messageBytes: limitBytes } = limits
  if (sumBytes > limitBytes) {
    await swallowChunk(conversation, sizeBytes)
    return logged(conversation, transaction, tooLarge(conversation, sumBytes))
  }
  transaction.stream ??= new MessageStream({ ...transaction, writer: needs.spool.open(), limitBytes, way: 'BDAT' })
  const { stream } = transaction
  await readChunk(conversation, sizeBytes, bytes => stream.push(bytes))
  stream.check()
  if (!last) return reply(250, '2.0.0', `${stream.sizeBytes} octets so far`)
  return await commit(conversation, transaction, { stream, body: 'BDAT' })
}

/** Reads a chunk that nobody wants. */
export async function swallowChunk(conversation: Conversation, sizeBytes: number): Promise<void> {
  await readChunk(conversation, sizeBytes, () => undefined)
}

async function readChunk(
  conversation: Conversation,
  sizeBytes: number,
  take: (bytes: Uint8Array) => Promise<void> | undefined,
): Promise<void> {
  conversation.expectChunk(sizeBytes)
  for (;;) {
    const event = await conversation.nextOfData()
    if (event.kind === 'chunk-end') return
    if (event.kind !== 'data') throw new Error(`a ${event.kind} within a chunk`)
    const room = take(event.bytes)
    if (room !== undefined) await room
  }
}
