// A mail server that does as it is told: what it answers at each step, where it closes, hangs, breaks off. It runs over any Channel: a socket
// (listen-as-peer.ts) or one in memory. It keeps what it took, and notes whatever its client did that the RFCs forbid.

import { type Channel, ChannelError } from '#io/channel.ts'
import { systemClock } from '#io/clock.ts'
import type { Act, Acting, Asked, BadPeerOptions, Step } from './bad-peer-script.ts'
import { PeerInput } from './peer-input.ts'

export interface TakenMessage {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly connection: number
  /** The address that its client came from. */
  readonly client: string
  readonly hello: string
  /** The words of MAIL and RCPT after their colon, parameters too. */
  readonly from: string
  readonly to: readonly string[]
  /** One character for each octet, dots undone. */
  readonly text: string
  readonly isTls: boolean
  /** Whether a client that listens reads 250. */
  readonly acknowledged: boolean
}

export const usualExtensions: readonly string[] = [
  'PIPELINING',
  'SIZE 52428800',
  '8BITMIME',
  'SMTPUTF8',
  'ENHANCEDSTATUSCODES',
  'DSN',
  'CHUNKING',
]

export class BadPeer {
  readonly taken: TakenMessage[] = []
  /** Every command line, each connection's behind the other's. */
  readonly lines: string[] = []
  /** What its clients did against the RFCs: a test wants none. */
  readonly mistakes: string[] = []
  readonly options: BadPeerOptions
  /** Numbers of the connections that stand. */
  readonly open = new Set<number>()
  #connections = 0
  readonly #counts = new Map<Step, number>()

  constructor(options: BadPeerOptions = {}) {
    this.options = options
  }

  get connections(): number {
    return this.#connections
  }

  /** One connection, to its end. */
  readonly run = async (channel: Channel): Promise<void> => {
    const connection = this.#connections
    this.#connections += 1
    this.open.add(connection)
    try {
      await new Conversation(this, channel, connection).run()
      await channel.close()
    } catch (error) {
      channel.destroy()
      if (!(error instanceof ChannelError) && !(error instanceof Over)) throw error
    } finally {
      this.open.delete(connection)
    }
  }

  /** What it does at this step, if it was told anything. */
  told(asked: Omit<Asked, 'before'>): Act | undefined {
    const { step } = asked
    const before = this.#counts.get(step) ?? 0
    this.#counts.set(step, before + 1)
    const scripted = this.options.script?.[step]
    const listed = Array.isArray(scripted) ? scripted[Math.min(before, scripted.length - 1)] : scripted
    const acting = (listed as Acting | undefined) ?? this.options.act?.({ ...asked, before })
    return typeof acting === 'string' ? { say: acting } : acting
  }
}

/** The conversation is over by its own will. */
class Over extends Error {}

interface Envelope {
  from: string | undefined
  to: string[]
  /** Chunks of BDAT so far. */
  chunks: string
}

class Conversation {
  readonly #peer: BadPeer
  readonly #channel: Channel
  readonly #connection: number
  readonly #input: PeerInput
  #hello = ''
  #offered: readonly string[] = []
  #envelope: Envelope = { from: undefined, to: [], chunks: '' }

  constructor(peer: BadPeer, channel: Channel, connection: number) {
    this.#peer = peer
    this.#channel = channel
    this.#connection = connection
    this.#input = new PeerInput(channel, peer.options.idleMs ?? 300_000, text => this.#mistake(text))
  }

  async run(): Promise<void> {
    if (this.#peer.options.implicitTls === true) await this.#channel.startTls()
    await this.#do('greeting', '', `220 ${this.#name} ESMTP`)
    for (let line = await this.#input.line(); line !== undefined; line = await this.#input.line()) {
      this.#peer.lines.push(line)
      const verb = line.slice(0, 4).toUpperCase()
      if (verb !== 'RSET' && verb !== 'MAIL' && verb !== 'RCPT' && this.#input.hasMore && !this.#mayPipeline(verb))
        this.#mistake(`octets behind ${line}, which must be the last of a group`)
      await this.#command(verb, line)
      if (verb === 'QUIT') return
    }
  }

  get #name(): string {
    return this.#peer.options.name ?? 'peer.example'
  }

  #mayPipeline(verb: string): boolean {
    // RFC 2920 3.1 and RFC 3030 4.2: MAIL, RCPT, RSET and BDAT inside a group.
    return verb === 'BDAT' && this.#offers('CHUNKING')
  }

  #offers(keyword: string): boolean {
    return this.#offered.some(line => line.split(' ')[0] === keyword)
  }

  #mistake(text: string): void {
    this.#peer.mistakes.push(`connection ${this.#connection}: ${text}`)
  }

  async #command(verb: string, line: string): Promise<void> {
    // Behind BDAT its chunk follows.
    if (this.#input.hasMore && !this.#offers('PIPELINING') && verb !== 'BDAT')
      this.#mistake(`octets behind ${line}, and PIPELINING was not offered`)
    switch (verb) {
      case 'EHLO':
        return await this.#ehlo(line)
      case 'HELO':
        this.#hello = line.slice(5)
        return void (await this.#do('HELO', line, `250 ${this.#name}`))
      case 'STAR':
        return await this.#startTls(line)
      case 'AUTH':
        return void (await this.#do('AUTH', line, '235 2.7.0 welcome'))
      case 'MAIL':
        return await this.#mail(line)
      case 'RCPT':
        return await this.#rcpt(line)
      case 'DATA':
        return await this.#data(line)
      case 'BDAT':
        return await this.#bdat(line)
      case 'RSET':
        this.#forget()
        return void (await this.#do('RSET', line, '250 2.0.0 ok'))
      case 'NOOP':
        return void (await this.#do('NOOP', line, '250 2.0.0 ok'))
      case 'QUIT':
        return void (await this.#do('QUIT', line, '221 2.0.0 bye'))
      default:
        return void (await this.#do('other', line, '500 5.5.2 what?'))
    }
  }

  async #ehlo(line: string): Promise<void> {
    this.#hello = line.slice(5)
    this.#forget()
    const { extensions = usualExtensions, offersTls = this.#channel.canStartTls } = this.#peer.options
    const offered = offersTls && this.#channel.tls === undefined ? [...extensions, 'STARTTLS'] : extensions
    const said = await this.#do('EHLO', line, [this.#name, ...offered].map((one, at) => reply(one, at)).join('\n'))
    const lines = said.split('\n').filter(one => one.startsWith('250'))
    this.#offered = lines.slice(1).map(one => one.slice(4).trim().toUpperCase())

    function reply(one: string, at: number): string {
      return `250${at === offered.length ? ' ' : '-'}${one}`
    }
  }

  async #startTls(line: string): Promise<void> {
    if (!this.#offers('STARTTLS')) this.#mistake('STARTTLS was not offered')
    const said = await this.#do('STARTTLS', line, '220 2.0.0 go ahead')
    if (!said.startsWith('2')) return
    const act = this.#peer.told({ step: 'handshake', line: '', connection: this.#connection })
    if (act !== undefined) await this.#perform(act)
    await this.#channel.startTls()
    this.#offered = []
    this.#hello = ''
    this.#forget()
  }

  async #mail(line: string): Promise<void> {
    if (this.#hello === '') this.#mistake(`no EHLO or HELO before ${line}`)
    if (this.#envelope.from !== undefined) this.#mistake(`a second MAIL in a transaction: ${line}`)
    for (const [pattern, keyword] of parametersOf) {
      if (pattern.test(line) && !this.#offers(keyword)) this.#mistake(`${keyword} was not offered: ${line}`)
    }
    const said = await this.#do('MAIL', line, '250 2.1.0 ok')
    if (said.startsWith('2')) this.#envelope.from = line.replace(/^MAIL FROM: ?/i, '')
  }

  async #rcpt(line: string): Promise<void> {
    if (/ (?:NOTIFY|ORCPT)=/i.test(line) && !this.#offers('DSN')) this.#mistake(`DSN was not offered: ${line}`)
    const said = await this.#do('RCPT', line, this.#envelope.from === undefined ? '503 5.5.1 MAIL?' : '250 2.1.5 ok')
    if (said.startsWith('2')) this.#envelope.to.push(line.replace(/^RCPT TO: ?/i, ''))
  }

  async #data(line: string): Promise<void> {
    const honest = this.#envelope.to.length === 0 ? '554 5.5.1 no valid recipients' : '354 go ahead'
    const said = await this.#do('DATA', line, honest)
    if (!said.startsWith('3')) return
    const text = await this.#input.untilDot()
    if (text === undefined) throw new Over()
    await this.#message(text)
  }

  async #bdat(line: string): Promise<void> {
    if (!this.#offers('CHUNKING')) this.#mistake(`CHUNKING was not offered: ${line}`)
    const [, count = '0', last] = /^BDAT (\d+)( LAST)?$/i.exec(line) ?? []
    const chunk = await this.#input.octets(Number(count))
    if (chunk === undefined) throw new Over()
    if (this.#envelope.to.length === 0) return void (await this.#do('BDAT', line, '503 5.5.1 no valid recipients'))
    this.#envelope.chunks += chunk
    if (last !== undefined) return await this.#message(this.#envelope.chunks)
    const said = await this.#do('BDAT', line, `250 2.0.0 ${count} octets`)
    if (!said.startsWith('2')) this.#forget()
  }

  async #message(text: string): Promise<void> {
    this.#checkText(text)
    const asked = { step: 'message', line: '', connection: this.#connection } as const
    const act: Act = this.#peer.told(asked) ?? { say: '250 2.0.0 taken' }
    const acknowledged = act.say?.startsWith('2') === true && act.raw !== true
    const { from = '', to } = this.#envelope
    const { connection } = asked
    const client = this.#channel.remote.address
    const at = (this.#peer.options.clock ?? systemClock).now()
    const message = {
      at,
      connection,
      client,
      hello: this.#hello,
      from,
      to,
      text,
      isTls: this.#channel.tls !== undefined,
    }
    const taken = { ...message, acknowledged }
    if (act.takes ?? acknowledged) this.#peer.taken.push(taken)
    this.#forget()
    try {
      await this.#perform(act)
      await this.#channel.flush()
    } catch (error) {
      // A client that had gone before it came to this.
      if (error instanceof ChannelError) taken.acknowledged = false
      throw error
    }
  }

  #checkText(text: string): void {
    const { from = '' } = this.#envelope
    if (/(?:^|[^\r])\n|\r(?!\n)/.test(text) && !/ BODY=BINARYMIME/i.test(from)) this.#mistake('a bare CR or LF')
    const mayBeEightBit = / BODY=8BITMIME| BODY=BINARYMIME| SMTPUTF8/i.test(from)
    if (/[\x80-\xff]/.test(text) && !mayBeEightBit) this.#mistake(`octets beyond ASCII after ${from}`)
    if (text.length > 0 && !text.endsWith('\r\n') && !/ BODY=BINARYMIME/i.test(from)) this.#mistake('no last line end')
  }

  #forget(): void {
    this.#envelope = { from: undefined, to: [], chunks: '' }
  }

  /** Does what it was told at this step, or the honest thing. Settles with what it said. */
  async #do(step: Step, line: string, honest: string): Promise<string> {
    const act = this.#peer.told({ step, line, connection: this.#connection }) ?? { say: honest }
    await this.#perform(act)
    return act.say ?? ''
  }

  async #perform({ say, raw = false, delayMs, end }: Act): Promise<void> {
    if (delayMs !== undefined) await this.#wait(delayMs)
    if (say !== undefined && end !== 'reset')
      this.#channel.write(Buffer.from(raw ? say : `${say.replaceAll('\n', '\r\n')}\r\n`, 'latin1'))
    if (end === undefined) {
      // What is answered to a group goes together.
      if (!this.#input.hasMore) await this.#channel.flush()
      return
    }
    if (end === 'hang') {
      await this.#channel.flush()
      await this.#input.drain()
    }
    if (end === 'stall') {
      await this.#channel.flush()
      await endless()
    }
    if (end === 'close') await this.#channel.close()
    throw new Over()
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { clock } = this.#peer.options
    if (clock === undefined) throw new Error('a delay wants a clock')
    clock.after(ms, resolve)
    await promise
  }
}

/** Whoever listens for it destroys the channel. */
function endless(): Promise<never> {
  return Promise.withResolvers<never>().promise
}

/** Parameters of MAIL and the extension that each is of. */
const parametersOf: readonly (readonly [RegExp, string])[] = [
  [/ SIZE=/i, 'SIZE'],
  [/ BODY=8BITMIME/i, '8BITMIME'],
  [/ BODY=BINARYMIME/i, 'BINARYMIME'],
  [/ SMTPUTF8/i, 'SMTPUTF8'],
  [/ (?:RET|ENVID)=/i, 'DSN'],
  [/ REQUIRETLS/i, 'REQUIRETLS'],
  [/ BY=/i, 'DELIVERBY'],
  [/ MT-PRIORITY=/i, 'MT-PRIORITY'],
  [/ HOLD(?:FOR|UNTIL)=/i, 'FUTURERELEASE'],
]
