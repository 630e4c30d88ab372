// The replies to a command: one, but in LMTP (RFC 2033 4.2, 4.3) the end of a message has one for each recipient taken, in their order.

import type { Command } from '#wire/smtp/command.ts'
import type { Reply } from '#wire/smtp/reply.ts'
import { isInTransaction, type State } from '#wire/smtp/state.ts'
import { isList, type MessageAnswer } from './commit.ts'
import type { Answer, Conversation } from './conversation.ts'

export interface Outcome {
  readonly answer: MessageAnswer
  /** The addresses of the recipients taken. */
  readonly recipients: readonly string[]
  /** Where the command leads. */
  readonly next: State
}

export function answersPerRecipient(
  { needs }: Conversation,
  command: Command,
  { answer, recipients, next }: Outcome,
): readonly Answer[] {
  if (answer === undefined) return []
  // A DATA that was refused before any message came leaves the transaction as it is, and has one reply.
  const isEnd = command.verb === 'DATA' ? !isInTransaction(next) : command.verb === 'BDAT' && command.last
  if (needs.kind !== 'lmtp' || !isEnd || recipients.length === 0) return isList(answer) ? answer : [answer]
  return recipients.map((address, index) => {
    // As many as there are recipients: that is the intake's promise.
    const one = isList(answer) ? (answer[index] as Answer) : answer
    return 'reply' in one ? { ...one, reply: naming(one.reply, address) } : naming(one, address)
  })
}

/** Says which recipient it is for, if it does not yet. */
function naming(reply: Reply, address: string): Reply {
  const { text } = reply
  return typeof text !== 'string' || text.startsWith(`<${address}>`)
    ? reply
    : { ...reply, text: `<${address}> ${text}` }
}
