// DATA (RFC 5321 4.1.1.4): the message streams into the spool, then the intake takes it or not. Whatever goes wrong on the way, the
// input is read to its true end first, else the rest of the message would be taken for commands.

import { commit, type MessageAnswer } from './commit.ts'
import type { Conversation } from './conversation.ts'
import { MessageStream } from './message-stream.ts'

export async function data(conversation: Conversation): Promise<MessageAnswer> {
  const { needs, limits, transaction } = conversation
  if (transaction === undefined) return conversation.refuse('sender-first')
  const [writer, limitBytes] = [needs.spool.open(), limits.messageBytes]
  await using stream = new MessageStream({ ...transaction, writer, limitBytes, way: 'DATA' })
  conversation.say({ code: 354, text: 'Send the message; end it with a dot on a line of its own' })
  conversation.expectData()
  for (;;) {
    const event = await conversation.nextOfData()
    if (event.kind === 'data-end')
      return await commit(conversation, transaction, { stream, body: 'DATA', bareLineEnd: event.bareLineEnd })
    if (event.kind !== 'data') throw new Error(`a ${event.kind} within a message`)
    const room = stream.push(event.bytes)
    if (room !== undefined) await room
  }
}
