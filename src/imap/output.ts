// What a session says: text gathers as one string and is turned into bytes once per 64 kB. Strings are latin1, one character per octet.

import type { Channel } from '#io/channel.ts'
import { fromLatin1 } from '#text/bytes.ts'
import { outputChars } from './limits.ts'

export class Output {
  /** A response has begun that must be finished before anything else can be said. */
  isMidResponse = false
  #channel: Channel
  #text = ''
  /** Octets given to the channel since the last flush. */
  #poured = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** What is said from now on goes there; all before it must be flushed. */
  switchTo(channel: Channel): void {
    this.#channel = channel
  }

  text(latin1Text: string): void {
    this.#text += latin1Text
    if (this.#text.length >= outputChars) this.#pour()
  }

  /** `bytes` must not be changed afterwards. */
  bytes(bytes: Uint8Array): void {
    this.#pour()
    this.#poured += bytes.length
    this.#channel.write(bytes)
  }

  /** Whether so much waits that `flush` should be awaited before more is made. */
  get isFull(): boolean {
    return this.#poured >= outputChars
  }

  /** Sends everything; settles when the client has room for more. */
  async flush(): Promise<void> {
    this.#pour()
    this.#poured = 0
    await this.#channel.flush()
  }

  #pour(): void {
    if (this.#text === '') return
    const bytes = fromLatin1(this.#text)
    this.#poured += bytes.length
    this.#text = ''
    this.#channel.write(bytes)
  }
}
