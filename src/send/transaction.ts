// One mail transaction with a peer (RFC 5321 3.3): MAIL, a RCPT for each recipient, the message by BDAT (RFC 3030) where that is offered and the
// message small or binary, else by DATA. With PIPELINING (RFC 2920) all commands but BDAT go in one write. Every recipient has an outcome at the end,
// whatever happens.

import type { Clock } from '#io/clock.ts'
import type { RecipientOutcome, RefusedOutcome } from '#mail/outcome.ts'
import type { Stage } from '#mail/smtp-stage.ts'
import type { Capabilities } from '#wire/smtp/capabilities.ts'
import { printBdat } from '#wire/smtp/client-command.ts'
import { LineEndMender } from '#wire/smtp/line-ends.ts'
import type { PeerReply } from '#wire/smtp/reply-receiver.ts'
import type { WholeContent } from './content.ts'
import { type Conversation, PeerGone } from './conversation.ts'
import { bdatChunks, sendData } from './data.ts'
import type { Envelope } from './envelope.ts'
import type { MailRecipient } from './mail.ts'
import { deferred, protocolFault, refusedBy, relayed } from './outcomes.ts'
import type { PeerTimeouts } from './timeouts.ts'

export interface TransactionFacts {
  readonly conversation: Conversation
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly capabilities: Capabilities
  readonly host: string
  readonly timeouts: PeerTimeouts
  /** The transaction before was not brought to its end. */
  readonly needsReset: boolean
}

export interface TransactionOutcome {
  /** In the order of the recipients. */
  readonly outcomes: readonly RecipientOutcome[]
  /** Places of those that the peer has no room for in this transaction, though it took others: they may be named in the next. */
  readonly tooMany: readonly number[]
  readonly needsReset: boolean
  /** The peer took leave, or was gone, before it took notice of any of this. */
  readonly wasStale: boolean
}

/** Rejects on a fault of ours alone. */
export async function transact(
  facts: TransactionFacts,
  envelope: Envelope,
  recipients: readonly MailRecipient[],
): Promise<TransactionOutcome> {
  return await new Transaction(facts, envelope, recipients).run()
}

interface Named {
  readonly at: number
  readonly line: string
}

class Transaction {
  readonly #conversation: Conversation
  readonly #clock: TransactionFacts['clock']
  readonly #envelopeDueMs: number
  readonly #capabilities: Capabilities
  readonly #host: string
  readonly #timeouts: PeerTimeouts
  readonly #envelope: Envelope
  readonly #outcomes: (RecipientOutcome | undefined)[]
  readonly #named: Named[] = []
  readonly #taken: number[] = []
  readonly #tooMany: number[] = []
  #needsReset: boolean
  #isMailTaken = false
  #wasStale = false
  /** It would not begin anew: what it says of this message may be about the one before. */
  #isAtOdds = false
  #stage: Stage = 'mail'

  constructor(facts: TransactionFacts, envelope: Envelope, recipients: readonly MailRecipient[]) {
    this.#conversation = facts.conversation
    this.#clock = facts.clock
    this.#envelopeDueMs = facts.clock.monotonicMs() + facts.timeouts.envelopeMs
    this.#capabilities = facts.capabilities
    this.#host = facts.host
    this.#timeouts = facts.timeouts
    this.#needsReset = facts.needsReset
    this.#envelope = envelope
    this.#outcomes = new Array(recipients.length)
    for (let at = 0; at < recipients.length; at += 1) {
      const recipient = recipients[at] as MailRecipient // at < length
      const line = envelope.rcpt(recipient)
      if (typeof line === 'string') this.#named.push({ at, line })
      else this.#outcomes[at] = line
    }
  }

  async run(): Promise<TransactionOutcome> {
    if (this.#named.length > 0) {
      try {
        if (this.#capabilities.pipelining) await this.#inGroups()
        else await this.#stepByStep()
      } catch (error) {
        if (!(error instanceof PeerGone)) throw error
        await this.#breakOff(error)
      }
    }
    const outcomes = this.#outcomes.map(outcome => outcome ?? protocolFault(this.#host, 'nothing was said'))
    const tooMany = this.#taken.length > 0 ? this.#tooMany : []
    return { outcomes, tooMany, needsReset: this.#needsReset, wasStale: this.#wasStale }
  }

  async #inGroups(): Promise<void> {
    const conversation = this.#conversation
    const isReset = this.#needsReset
    let commands = isReset ? `RSET\r\n${this.#envelope.mail}` : this.#envelope.mail
    for (const { line } of this.#named) commands += line
    conversation.say(this.#isChunked ? commands : `${commands}DATA\r\n`)
    if (isReset) await this.#hearReset()
    if (!this.#isLeaving) this.#takeMail(await this.#answer(this.#timeouts.mailMs))
    for (const one of this.#named) {
      if (this.#isLeaving) return
      this.#takeRecipient(one, await this.#answer(this.#timeouts.recipientMs))
    }
    if (this.#isLeaving) return
    if (!this.#isChunked) return await this.#data()
    if (this.#taken.length > 0) await this.#chunks()
  }

  async #stepByStep(): Promise<void> {
    const conversation = this.#conversation
    const ask = async (line: string, timeoutMs: number) => {
      conversation.say(line)
      return await this.#answer(timeoutMs)
    }
    if (this.#needsReset) {
      conversation.say('RSET\r\n')
      await this.#hearReset()
    }
    if (this.#isLeaving) return
    this.#takeMail(await ask(this.#envelope.mail, this.#timeouts.mailMs))
    if (!this.#isMailTaken) return
    for (const one of this.#named) {
      if (this.#isLeaving) return
      this.#takeRecipient(one, await ask(one.line, this.#timeouts.recipientMs))
    }
    if (this.#isLeaving || this.#taken.length === 0) return
    if (this.#isChunked) await this.#chunks()
    else {
      conversation.say('DATA\r\n')
      await this.#data()
    }
  }

  /** Large messages go by DATA, which waits for no answers on the way, unless they are no lines. */
  get #isChunked(): boolean {
    const { content, isBinary } = this.#envelope
    return this.#capabilities.chunking && (isBinary || content.whole !== undefined)
  }

  /** To a command of the envelope. */
  #answer(timeoutMs: number): Promise<PeerReply> {
    return this.#conversation.answer(Math.min(timeoutMs, this.#envelopeDueMs - this.#clock.monotonicMs()))
  }

  /** A small message goes with its envelope, its line ends mended; undefined: it is none. */
  #wholeChunk(): WholeContent | undefined {
    const { content, isBinary } = this.#envelope
    const { whole } = content
    if (whole === undefined || isBinary) return whole
    const mender = new LineEndMender()
    const mended = mender.push(whole.message)
    const end = mender.end()
    if (end.length === 0 && mended === whole.message) return whole
    return { ...whole, message: Buffer.concat([mended, end]) }
  }

  async #hearReset(): Promise<void> {
    const reply = await this.#conversation.answer(this.#timeouts.resetMs)
    this.#needsReset = false
    this.#isAtOdds = !isTaken(reply)
    if (!this.#isLeaving) return
    this.#wasStale = true
    this.#leave(reply, 'mail')
  }

  #takeMail(reply: PeerReply): void {
    this.#isMailTaken = isTaken(reply)
    if (this.#isAtOdds && !this.#isMailTaken) throw this.#conversation.lost(`it took no RSET, and said ${reply.code}`)
    this.#stage = 'recipient'
    if (this.#isMailTaken) this.#needsReset = true
    else for (const { at } of this.#named) this.#outcomes[at] = this.#refused(reply, 'mail')
    this.#wasStale = this.#isLeaving
    if (this.#isLeaving) this.#leave(reply, 'mail')
  }

  #takeRecipient({ at }: Named, reply: PeerReply): void {
    // What comes behind a MAIL that was refused says only that.
    if (!this.#isMailTaken) return
    if (isTaken(reply)) this.#taken.push(at)
    else {
      this.#outcomes[at] = this.#refused(reply, 'recipient')
      if (saysTooMany(reply)) this.#tooMany.push(at)
    }
    if (this.#isLeaving) this.#leave(reply, 'recipient')
  }

  /** DATA was said. */
  async #data(): Promise<void> {
    this.#stage = 'data'
    const conversation = this.#conversation
    const reply = await conversation.answer(this.#timeouts.dataMs)
    if (reply.code === 354) {
      if (this.#taken.length === 0) {
        // RFC 2920 3.1: it waits for a message all the same, and gets none.
        conversation.say('.\r\n')
        await conversation.answer(this.#timeouts.messageMs)
        return
      }
      const early = await sendData(conversation, this.#envelope.content)
      this.#stage = 'message'
      if (early !== undefined) return this.#cutShort(early)
      return this.#takeMessage(await conversation.answer(this.#timeouts.messageMs))
    }
    if (this.#taken.length === 0) return
    if (reply.code < 400) throw conversation.garbled(`a ${reply.code} in answer to DATA`)
    this.#forTaken(() => this.#refused(reply, 'data'))
    if (this.#isLeaving) this.#leave(reply, 'data')
  }

  /**
   * Never before a recipient was taken, nor before the answer to the chunk before (RFC 3030 2): a peer that refuses BDAT and does not read the chunk
   * takes its octets for commands, and whoever wrote the message would speak to it in our name.
   */
  async #chunks(): Promise<void> {
    this.#stage = 'message'
    const conversation = this.#conversation
    const whole = this.#wholeChunk()
    if (whole !== undefined) {
      conversation.say(printBdat(whole.fieldsBytes + whole.message.length, true))
      conversation.fields(whole.fields, whole.fieldsBytes)
      conversation.content(whole.message)
      return this.#takeMessage(await conversation.answer(this.#timeouts.messageMs))
    }
    for await (const { octets, isLast } of bdatChunks(this.#envelope.content, this.#envelope.isBinary)) {
      conversation.say(printBdat(octets.length, isLast))
      conversation.content(octets)
      await conversation.room()
      const reply = await conversation.answer(isLast ? this.#timeouts.messageMs : this.#timeouts.chunkMs)
      if (isLast || !isTaken(reply) || this.#isLeaving) return this.#takeMessage(reply)
    }
  }

  /** The answer to the whole message. */
  #takeMessage(reply: PeerReply): void {
    if (this.#taken.length > 0) {
      this.#needsReset = !isTaken(reply)
      if (isTaken(reply)) {
        const { isUntimed } = this.#envelope
        const outcome = relayed(reply, { peerReports: this.#capabilities.dsn, ...(isUntimed && { isUntimed }) })
        this.#forTaken(() => outcome)
      } else this.#forTaken(() => this.#refused(reply, 'message'))
    }
    if (this.#isLeaving) this.#leave(reply, 'message')
  }

  /** The peer answered before it had heard all: nothing that it says from now on is about anything that we say. */
  #cutShort(reply: PeerReply): void {
    if (reply.code < 400) throw this.#conversation.garbled(`a ${reply.code} in the middle of the message`)
    this.#forTaken(() => this.#refused(reply, 'message'))
    this.#conversation.leave()
  }

  #forTaken(outcome: () => RecipientOutcome): void {
    for (const at of this.#taken) this.#outcomes[at] = outcome()
  }

  get #isLeaving(): boolean {
    return this.#conversation.isEnding
  }

  /** Everybody whose turn did not come has the peer's last word. */
  #leave(reply: PeerReply, stage: Stage): void {
    for (const { at } of this.#named) this.#outcomes[at] ??= this.#refused(reply, stage)
  }

  /** The connection is gone: who has no outcome is tried again, by what the peer said last if it said anything. */
  async #breakOff(gone: PeerGone): Promise<void> {
    const last = gone.reason === 'garbled' || this.#isAtOdds ? undefined : await this.#conversation.lastWords()
    this.#wasStale = this.#stage === 'mail' && (gone.reason === 'closed' || gone.reason === 'broken')
    const outcome = last !== undefined && last.code >= 400 ? this.#refused(last, this.#stage) : this.#lost(gone)
    for (const { at } of this.#named) this.#outcomes[at] ??= outcome
  }

  #lost({ reason, message }: PeerGone): RefusedOutcome {
    const words = `${this.#host}: ${message} ${during[this.#stage]}`
    return reason === 'garbled' ? deferred('protocol', '4.5.0', words) : deferred('network', '4.4.2', words)
  }

  #refused(reply: PeerReply, stage: Stage): RefusedOutcome {
    return refusedBy(reply, { host: this.#host, stage })
  }
}

function isTaken({ code }: PeerReply): boolean {
  return code >= 200 && code < 300
}

/** RFC 5321 4.5.3.1.10, RFC 3463 3.6: not the recipient but their number is at fault. */
function saysTooMany({ code, enhanced, lines }: PeerReply): boolean {
  if (code !== 452 && code !== 552) return false
  if (enhanced !== undefined) return enhanced.endsWith('.5.3')
  return /too many/i.test(lines.join(' '))
}

const during: Readonly<Partial<Record<Stage, string>>> = {
  mail: 'in answer to MAIL',
  recipient: 'in answer to RCPT',
  data: 'in answer to DATA',
  message: 'before it answered to the message: it may have it, and get it a second time',
}
