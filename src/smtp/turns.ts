// However much a client has sent ahead, the others have their turns, and what it does not read does not pile up here.

import { setImmediate } from 'node:timers/promises'
import type { Channel } from '#io/channel.ts'
import { commandsInARow, repliesInARowBytes } from './limits.ts'

export class Turns {
  readonly #channel: Pick<Channel, 'flush'>
  #commands = 0
  #replyBytes = 0

  constructor(channel: Pick<Channel, 'flush'>) {
    this.#channel = channel
  }

  countReply(printed: string): void {
    this.#replyBytes += printed.length
  }

  /** To be called after each command. Settles when the session may go on: mostly at once. */
  afterCommand(): Promise<void> | undefined {
    this.#commands += 1
    if (this.#commands < commandsInARow) return undefined
    this.#commands = 0
    return this.#letOthersGo()
  }

  async #letOthersGo(): Promise<void> {
    // A batch of replies stays one write (RFC 2920 3.2) as long as it is not absurd.
    if (this.#replyBytes >= repliesInARowBytes) {
      this.#replyBytes = 0
      await this.#channel.flush()
    }
    await setImmediate()
  }
}
