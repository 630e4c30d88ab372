// One IMAP session (RFC 3501): hears events, runs commands one after the other, announces what happened, answers.

import { type Channel, ChannelError } from '#io/channel.ts'
import { DiskFullError } from '#io/sql/database.ts'
import type { Command } from '#wire/imap/command.ts'
import { ImapParseError } from '#wire/imap/imap-parse-error.ts'
import { swallowBytesMax } from '#wire/imap/limits.ts'
import { commandStart, parseCommand } from '#wire/imap/parse.ts'
import { printContinuation, printStatusResponse } from '#wire/imap/print-lines.ts'
import type { ImapEvent, LiteralEvent } from '#wire/imap/receiver.ts'
import { commandName, commandRules, type State, stateAfter } from '#wire/imap/state.ts'
import { Conversation, goingDown } from './conversation.ts'
import { dispatch } from './dispatch.ts'
import { PrintedStructures } from './fetch/printed-structures.ts'
import { badCommandsMax } from './limits.ts'
import { type Decision, decideLiteral } from './literals.ts'
import type { ImapNeeds } from './needs.ts'
import { tellAtRest, tellChanges, watchAtRest } from './notify/tell-changes.ts'
import { bad, diskFull, no, type Reply, unreadable } from './reply.ts'
import { holdsKey } from './search/search-result.ts'

/** A function that talks IMAP to one client until it or we end; the caller closes the channel. Rejects with ChannelError when the connection breaks. */
export function imapSession(needs: ImapNeeds): (channel: Channel, drain: AbortSignal) => Promise<void> {
  const printed = new PrintedStructures()
  return async (channel, drain) => {
    const session = new Session(new Conversation({ needs, channel, drain, printed }))
    await session.run()
  }
}

class Session {
  readonly #conversation: Conversation
  #badInARow = 0

  constructor(conversation: Conversation) {
    this.#conversation = conversation
  }

  async run(): Promise<void> {
    const conversation = this.#conversation
    const ring = () => conversation.input.ring()
    conversation.drain.addEventListener('abort', ring)
    try {
      this.#greet()
      while (!conversation.isOver) await this.#step()
      this.#sayGoodbye()
      await conversation.output.flush()
    } finally {
      conversation.drain.removeEventListener('abort', ring)
      conversation[Symbol.dispose]()
      await conversation.uploads[Symbol.asyncDispose]()
    }
  }

  #greet(): void {
    const { needs, output } = this.#conversation
    const code = { code: 'CAPABILITY', names: this.#conversation.capabilities() } as const
    output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: `${needs.hostname} Posthouse ready` }))
  }

  #sayGoodbye(): void {
    const { goodbye, output } = this.#conversation
    if (goodbye !== undefined) output.text(printStatusResponse({ tag: '*', status: 'BYE', text: goodbye }))
  }

  /** One event; if there is none, waits for more to hear. */
  async #step(): Promise<void> {
    const conversation = this.#conversation
    const mayDrain = !conversation.uploads.isBusy
    if (conversation.drain.aborted && mayDrain) return conversation.hangUp(goingDown)
    const event = conversation.input.receiver.next()
    if (event === undefined) await this.#rest({ mayDrain })
    else await this.#take(event)
  }

  /** Nothing is to be done: what NOTIFY asked for is told as it happens, but not amid a message that is on its way. */
  async #rest({ mayDrain }: { readonly mayDrain: boolean }): Promise<void> {
    const conversation = this.#conversation
    // Watch first, look afterwards: nothing falls between.
    using _watch = watchAtRest(conversation)
    conversation.beginWork(undefined)
    if (mayDrain) await this.#tell('NOTIFY', () => tellAtRest(conversation))
    if (!conversation.isOver) await conversation.hear({ mayDrain })
  }

  async #take(event: ImapEvent): Promise<void> {
    switch (event.kind) {
      case 'command':
        return await this.#command(event.text)
      case 'literal':
        return await this.#literal(event)
      case 'literal-bytes':
        return await this.#octets(event.bytes)
      case 'too-long':
        return this.#answer(event.tag, bad('The command is too long'))
      case 'line':
      case 'refused-literal-swallowed':
        return
    }
  }

  async #literal(event: LiteralEvent): Promise<void> {
    const conversation = this.#conversation
    const { uploads, output, input } = conversation
    const decision = await this.#decision(event)
    if (decision.kind !== 'refuse') {
      input.receiver.acceptLiteral(decision.kind)
      if (event.synchronizing) output.text(printContinuation('OK'))
      return
    }
    input.receiver.refuseLiteral()
    if (decision.reply.status === 'NO' && searchThatSaves.test(event.soFar)) conversation.selected?.searches.forget()
    this.#answer(commandStart(event.soFar).tag, decision.reply)
    await uploads[Symbol.asyncDispose]()
    // RFC 7888 4: what comes unasked may be too much to read.
    if (!event.synchronizing && event.size > swallowBytesMax) conversation.hangUp('The literal is too long')
  }

  async #decision(event: LiteralEvent): Promise<Decision> {
    try {
      return await decideLiteral(this.#conversation, event)
    } catch (error) {
      return { kind: 'refuse', reply: this.#fault('APPEND', error) }
    }
  }

  async #octets(bytes: Uint8Array): Promise<void> {
    const { uploads } = this.#conversation
    try {
      await uploads.take(bytes)
    } catch (error) {
      await uploads.giveUp(this.#fault('APPEND', error))
    }
  }

  async #command(text: string): Promise<void> {
    const { uploads } = this.#conversation
    try {
      const command = parseCommand(text, this.#conversation.dialect)
      await this.#run(command)
    } catch (error) {
      if (!(error instanceof ImapParseError)) throw error
      if (error.saves) this.#conversation.selected?.searches.forget()
      this.#answer(error.tag, unreadable(error))
    } finally {
      await uploads[Symbol.asyncDispose]()
    }
  }

  async #run(command: Command): Promise<void> {
    const conversation = this.#conversation
    const before = conversation.state
    conversation.beginWork(command.tag)
    const reply = await this.#outcome(command)
    // RFC 5182 2.1: a NO empties `$`, wherever it comes from, a BAD leaves it.
    if (reply?.status === 'NO' && savesResult(command)) conversation.selected?.searches.forget()
    if (conversation.account !== undefined && !conversation.isOver) {
      const expunges = !commandRules[commandName(command)].holdsExpunges && !searchesNumbers(command)
      // RFC 9051 6.4.9: with any UID command.
      const uid = command.verb === 'UID EXPUNGE' || ('uid' in command && command.uid)
      await this.#tell(command.verb, () => tellChanges(conversation, { expunges, uid, verb: command.verb }))
    }
    if (reply === undefined) return
    this.#answer(command.tag, this.#withModseq(reply))
    if (!conversation.isOver) assertState(conversation.state, stateAfter(command, before, reply.status))
    if (command.verb === 'STARTTLS' && reply.status === 'OK') await this.#startTls()
    if (command.verb === 'COMPRESS' && reply.status === 'OK') await conversation.compress()
    if (command.verb === 'UNAUTHENTICATE' && reply.status === 'OK') await conversation.uncompress()
  }

  /** A client that could not be told of everything has another view than we: it must begin anew. */
  async #tell(verb: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#conversation.hangUp(this.#fault(verb, error).text)
    }
  }

  /**
   * RFC 7162 3.2.7; and where expunges wait to be told: without it the client would take the MODSEQ of a FETCH for the state
   * that it has, and never hear of them if the connection broke now (errata 1810 of RFC 5162).
   */
  #withModseq(reply: Reply): Reply {
    const { selected, dialect, output } = this.#conversation
    if (selected === undefined || !dialect.qresync || this.#conversation.isOver) return reply
    if (reply.tellsModseq !== true && !selected.holdsBack) return reply
    if (reply.code === undefined) return { ...reply, code: { code: 'HIGHESTMODSEQ', number: selected.highestModseq } }
    selected.tellHighestModseq(output)
    return reply
  }

  async #outcome(command: Command): Promise<Reply | undefined> {
    try {
      const conversation = this.#conversation
      if (!conversation.knowsItsOwn) return await dispatch(conversation, command)
      return await conversation.needs.store.authored(conversation, async () => dispatch(conversation, command))
    } catch (error) {
      return this.#fault(command.verb, error)
    }
  }

  /** A fault of ours becomes NO [SERVERBUG], and goes to the log under the id that the client is told. A broken connection rises. */
  #fault(verb: string, error: unknown): Reply {
    const { log, output, channel, needs } = this.#conversation
    if (error instanceof ChannelError) throw error
    if (error instanceof DiskFullError) return diskFull()
    const fault = `${channel.id}-${needs.clock.now().toString(36)}`
    log.error('imap.fault', { fault, verb, stack: error instanceof Error ? error.stack : String(error) })
    // Half a literal is out: whatever we say now would be taken for its rest.
    if (output.isMidResponse) throw new ChannelError('broken', 'a response could not be finished')
    return no('SERVERBUG', `Something went wrong here, the log has it as ${fault}`)
  }

  #answer(tag: string | undefined, reply: Reply): void {
    const conversation = this.#conversation
    conversation.output.text(printStatusResponse({ tag: tag ?? '*', ...reply }))
    this.#badInARow = reply.status === 'BAD' ? this.#badInARow + 1 : 0
    if (this.#badInARow >= badCommandsMax) conversation.hangUp('Too many bad commands')
  }

  async #startTls(): Promise<void> {
    const conversation = this.#conversation
    await conversation.output.flush()
    await conversation.channel.startTls()
    conversation.startAnew()
  }
}

/** RFC 7162 3.2.10.2: while numbers are searched for none may change their meaning, not even of a UID SEARCH. */
function searchesNumbers(command: Command): boolean {
  return 'key' in command && holdsKey(command.key, ({ key }) => key === 'sequence')
}

const searchThatSaves = /^\S+ (?:UID )?(?:E?SEARCH|SORT) (?:IN \(.*?\) )?RETURN \([^)]*\bSAVE\b/i

function savesResult(command: Command): boolean {
  return 'returns' in command && command.returns?.save === true
}

/** The state follows from what the session holds; the table says what it must be. When the two part the session can't be trusted. */
function assertState(state: State, wanted: State): void {
  if (state !== wanted) throw new Error(`the session is ${state} where the table says ${wanted}`)
}
