// IDLE (RFC 2177). DONE is read by the same receiver as commands: what a client pipelines behind it (iOS 18) stays queued.

import type { Conversation } from '#imap/conversation.ts'
import { keepAliveMs } from '#imap/limits.ts'
import { tellChanges } from '#imap/notify/tell-changes.ts'
import { bad, ok, type Reply } from '#imap/reply.ts'
import { printContinuation, printStatusResponse } from '#wire/imap/print-lines.ts'

/** Undefined when the session ends instead. */
export async function idle(conversation: Conversation): Promise<Reply | undefined> {
  const { input, output, selected, needs } = conversation
  output.text(printContinuation('idling'))
  input.receiver.expectLine()
  // Watch first, look afterwards: nothing falls between.
  using _watch = selected?.view.watch(() => input.ring())
  using alive = keepAlive(needs.clock, () => input.ring())
  for (;;) {
    const event = input.receiver.next()
    if (event?.kind === 'line') return /^done *$/i.test(event.text) ? ok('Done') : bad('Expected DONE')
    if (event !== undefined) return bad('Expected DONE')
    conversation.beginWork(undefined)
    await tellChanges(conversation, { expunges: true, uid: false })
    if (alive.isDue()) output.text(printStatusResponse({ tag: '*', status: 'OK', text: 'still here' }))
    if ((await conversation.hear({ mayDrain: true })) === 'over') return undefined
  }
}

interface KeepAlive extends Disposable {
  /** True once for each time that a sign of life is due; starts the next wait. */
  isDue(): boolean
}

function keepAlive(clock: Conversation['needs']['clock'], ring: () => void): KeepAlive {
  let due = false
  let timer = start()
  return {
    isDue() {
      if (!due) return false
      due = false
      timer = start()
      return true
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  }

  function start(): Disposable {
    return clock.after(keepAliveMs, () => {
      due = true
      ring()
    })
  }
}
