// Long work that is a generator, done with a breath between its steps.

import type { Conversation } from '#imap/conversation.ts'

export async function inTurns<T>(conversation: Conversation, steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await conversation.breathe()
  }
}
