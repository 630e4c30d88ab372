// Literals of a command: small ones stay in its text, APPEND's message streams into the spool. Decides before the client sends (RFC 3501 4.3, 7.5).

import type { Account } from '#accounts/account.ts'
import { ParseError } from '#base/parse-error.ts'
import type { SpooledMessage, SpoolWriter } from '#store/spool.ts'
import { type AppendCommand, parseAppendHead } from '#wire/imap/parse.ts'
import type { LiteralEvent } from '#wire/imap/receiver.ts'
import { literalBeforeLoginBytes, literalBytes, messageBytes } from './limits.ts'
import { LineEnds } from './line-ends.ts'
import type { ImapNeeds } from './needs.ts'
import { bad, no, type Reply, refused } from './reply.ts'

export type Decision = { readonly kind: 'memory' | 'stream' } | { readonly kind: 'refuse'; readonly reply: Reply }

export class Uploads implements AsyncDisposable {
  readonly #needs: ImapNeeds
  #messages: SpooledMessage[] = []
  #writer: SpoolWriter | undefined
  #lineEnds = new LineEnds()
  #problem: Reply | undefined

  constructor(needs: ImapNeeds) {
    this.#needs = needs
  }

  /** Whether a message is on its way, or here without the rest of its command. */
  get isBusy(): boolean {
    return this.#writer !== undefined || this.#messages.length > 0 || this.#problem !== undefined
  }

  /** What to do with the literal that is announced. For 'stream' its octets go to `take`. */
  async decide(event: LiteralEvent, account: Account | undefined): Promise<Decision> {
    let head: AppendCommand | undefined
    try {
      head = parseAppendHead(event.soFar)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      return refuse(bad(error.message))
    }
    if (head === undefined) {
      const most = account === undefined ? literalBeforeLoginBytes : literalBytes
      return event.size <= most && event.fits ? { kind: 'memory' } : refuse(no('TOOBIG', 'The literal is too long'))
    }
    if (account === undefined) return refuse(bad('Log in first'))
    const problem = await this.#objection(head, event.size, account)
    if (problem !== undefined) return refuse(problem)
    this.#writer = this.#needs.store.spool.open()
    this.#lineEnds = new LineEnds()
    return { kind: 'stream' }
  }

  /** The next octets of a streamed literal. After `giveUp` they are let go by. */
  async take(bytes: Uint8Array, last: boolean): Promise<void> {
    const writer = this.#writer
    if (writer === undefined) return
    await writer.write(this.#lineEnds.put(bytes))
    if (!last) return
    await writer.write(this.#lineEnds.end())
    this.#messages.push(await writer.finish())
    this.#writer = undefined
  }

  /** The message can't be kept: `problem` will be the answer to its command. */
  async giveUp(problem: Reply): Promise<void> {
    const writer = this.#writer
    this.#problem = problem
    this.#writer = undefined
    await writer?.[Symbol.asyncDispose]()
  }

  /** The messages of the command that is complete now, whose owner the caller becomes; or why there are none. */
  collect(): { readonly messages: readonly SpooledMessage[]; readonly problem: Reply | undefined } {
    const messages = this.#problem === undefined ? this.#messages : []
    if (this.#problem === undefined) this.#messages = []
    return { messages, problem: this.#problem }
  }

  /** Drops whatever is left of the command. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = [...this.#messages, this.#writer]
    this.#messages = []
    this.#writer = undefined
    this.#problem = undefined
    for (const one of left) await one?.[Symbol.asyncDispose]()
  }

  /** Why a message cannot be taken, found before it is sent. */
  async #objection({ mailbox }: AppendCommand, sizeBytes: number, { accountId }: Account): Promise<Reply | undefined> {
    const { store, maxMessageBytes = messageBytes } = this.#needs
    if (sizeBytes > maxMessageBytes) return no('TOOBIG', `No message may be larger than ${maxMessageBytes} octets`)
    if ((await store.mailbox(accountId, mailbox)) === undefined)
      return refused({ kind: 'no-such-mailbox' }, 'destination')
    const { usedBytes, limitBytes } = await store.quota(accountId)
    if (limitBytes !== undefined && usedBytes + sizeBytes > limitBytes) return refused({ kind: 'over-quota' })
    return undefined
  }
}

/** No room on the disk: not the account's fault, and it may pass. */
export function diskFull(): Reply {
  return no('UNAVAILABLE', 'The disk of the server is full: nothing was stored')
}

function refuse(reply: Reply): Decision {
  return { kind: 'refuse', reply }
}
