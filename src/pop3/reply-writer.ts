// Sends replies: gathered while the client has more commands waiting, and no faster than it takes them.

import { setImmediate } from 'node:timers/promises'
import type { Channel } from '#io/channel.ts'
import { DotStuffer } from '#wire/pop3/dot-stuffer.ts'
import { printChallenge, printListing, printStatus } from '#wire/pop3/print.ts'
import { english } from '#wire/pop3/texts/en.ts'
import { type Texts, textIn } from '#wire/pop3/texts/texts.ts'
import { queuedReplyOctets } from './limits.ts'
import type { MessageReply, Reply } from './reply.ts'

export class ReplyWriter {
  readonly #channel: Channel
  #queuedOctets = 0
  #isMidway = false
  /** The language of what is said for people (LANG). */
  texts: Texts = english

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** A reply has been begun and not ended: nothing else can be said to this client any more. */
  get isMidway(): boolean {
    return this.#isMidway
  }

  /** Queues the whole reply, sending as needed. Rejects with ChannelError, or with what the message's content rises. */
  async write(reply: Reply): Promise<void> {
    switch (reply.kind) {
      case 'ok':
      case 'error':
        return await this.#put(printStatus(reply, this.texts))
      case 'challenge':
        return await this.#put(printChallenge(reply.bytes))
      case 'listing':
        for (const piece of printListing(reply, this.texts)) await this.#put(piece)
        return
      case 'message':
        return await this.#writeMessage(reply)
    }
  }

  async #writeMessage(reply: MessageReply): Promise<void> {
    const stuffer = new DotStuffer()
    let status = `+OK ${textIn(this.texts, reply.text)}\r\n`
    if (reply.content instanceof Uint8Array) {
      this.#queue(status)
      this.#queue(stuffer.push(reply.content))
      return await this.#put(stuffer.finish())
    }
    // The status goes with the first octets: a message that can't be read at all still gets its -ERR.
    for await (const piece of reply.content) {
      if (status !== '') this.#queue(status)
      status = ''
      this.#isMidway = true
      await this.#put(stuffer.push(piece))
    }
    await this.#put(status + stuffer.finish())
    this.#isMidway = false
  }

  #queue(bytes: Uint8Array | string): void {
    this.#queuedOctets += bytes.length
    this.#channel.write(bytes)
  }

  async #put(bytes: Uint8Array | string): Promise<void> {
    this.#queue(bytes)
    if (this.#queuedOctets < queuedReplyOctets) return
    this.#queuedOctets = 0
    await this.#channel.flush()
    // A fast reader over a store that answers at once would else keep every other session from its turn.
    await setImmediate()
  }
}
