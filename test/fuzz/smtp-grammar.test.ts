// SMTP's receiver, command parser and state table, driven as a session drives them, without a socket: whatever comes, only ParseError
// is thrown, every octet is accounted for, no more is held than a line may have, and how the input was cut up makes no difference.

import assert from 'node:assert/strict'
import { ParseError } from '#base/parse-error.ts'
import { BdatSyntaxError, type Command, type Path } from '#wire/smtp/command.ts'
import { addressOctets, domainOctets, localPartOctets, longestLineOctets } from '#wire/smtp/limits.ts'
import { readMailParameters, readRecipientParameters } from '#wire/smtp/parameters.ts'
import { parseCommand } from '#wire/smtp/parse.ts'
import { Receiver, type SmtpEvent } from '#wire/smtp/receiver.ts'
import { refuse } from '#wire/smtp/refusals.ts'
import { printReply } from '#wire/smtp/reply.ts'
import { flagsOf, type Move, moveOf, type State, type Step, stepOf } from '#wire/smtp/state.ts'
import { Draws } from './draws.ts'
import { fuzz } from './rounds.ts'
import { bentCommand, smtpInput } from './smtp-input.ts'

const offered = new Set(
  'SIZE 8BITMIME SMTPUTF8 BINARYMIME DSN REQUIRETLS FUTURERELEASE DELIVERBY MT-PRIORITY AUTH'.split(' '),
)

/** State and step of every command that came by. */
const visited = new Set<string>()

fuzz('no input breaks the receiver, the command parser or the state table', {
  rounds: 2_000,
  round(draws, seed) {
    const input = smtpInput(draws)
    const whole = converse([input], seed)
    // Not into the smallest pieces where it is long: that would take long and show no more.
    const longest = input.length > 4_000 ? 200 + draws.below(2_000) : 1 + draws.below(40)
    assert.deepEqual(converse(draws.pieces(input, longest), seed), whole, 'cut up')
  },
  after() {
    const states: readonly State[] = [
      'connected',
      'greeted',
      'sender',
      'no-recipient',
      'recipients',
      'chunks',
      'chunks-refused',
    ]
    const cells = states.flatMap(state => Object.keys(flagsOf).map(step => `${state}: ${step}`))
    const missed = cells.filter(cell => !visited.has(cell))
    assert.ok(missed.length <= cells.length / 20, `these never came by: ${missed.join(', ')}`)
  },
})

fuzz('no line makes the command parser throw anything but ParseError', {
  rounds: 20_000,
  round: draws => void parsed(bentCommand(draws)),
})

/** What a session makes of the pieces, as texts. */
function converse(pieces: readonly string[], seed: number): readonly string[] {
  const session = new BareSession(seed)
  for (const piece of pieces) if (!session.ended) session.push(Buffer.from(piece, 'latin1'))
  return session.seen
}

class BareSession {
  readonly seen: string[] = []
  ended = false
  readonly #receiver = new Receiver()
  /** Whether a command is taken or refused, which is no question of the grammar. */
  readonly #verdicts: Draws
  #state: State = 'connected'
  #content = new Content()
  /** Where the message's end leads. */
  #afterContent: State | undefined
  /** Octets pushed and not yet accounted for by an event. */
  #octetsLeft = 0
  #endsLeft = 0
  /** Octets of a line that is swallowed have no event before its end. */
  #isSwallowing = false

  constructor(seed: number) {
    this.#verdicts = new Draws(seed ^ 0x5eed)
  }

  push(bytes: Uint8Array): void {
    this.#receiver.push(bytes)
    this.#octetsLeft += bytes.length
    for (;;) {
      const before = this.#receiver.buffered
      const event = this.#receiver.next()
      if (event === undefined) break
      const used = before - this.#receiver.buffered
      this.#account(event, used)
      this.#take(event)
      if (this.ended) return
    }
    const held = this.#receiver.buffered
    assert.ok(held <= (this.#isContent ? 0 : longestLineOctets), `${held} octets are held`)
    this.#isSwallowing ||= held === 0 && this.#octetsLeft > longestLineOctets
    // Nor has a dot of the message, or what may be its end.
    if (this.#isSwallowing || this.#isContent) this.#octetsLeft = 0
    assert.equal(this.#octetsLeft, held, 'an octet was lost')
  }

  get #isContent(): boolean {
    return this.#afterContent !== undefined
  }

  #account(event: SmtpEvent, used: number): void {
    assert.ok(used > 0 || this.#endsLeft > 0, 'an event out of nothing')
    this.#octetsLeft -= used
    // A line that stands for a broken one.
    const isStandIn = event.kind === 'line' && event.text === 'BDAT'
    if (event.kind === 'line' && !isStandIn) assert.equal(used, event.text.length + 2)
    if (event.kind === 'bad-line' || isStandIn) this.#isSwallowing = false
    if (event.kind === 'data-end' || event.kind === 'chunk-end') this.#endsLeft -= 1
    assert.equal(this.#isContent, event.kind !== 'line' && event.kind !== 'bad-line')
  }

  #take(event: SmtpEvent): void {
    if (event.kind === 'line') {
      this.#takeLine(event.text)
    } else if (event.kind === 'bad-line') {
      this.seen.push(`${event.fault} in ${this.#state}`)
    } else if (event.kind === 'data') {
      assert.ok(event.bytes.length > 0)
      this.#content.push(event.bytes)
    } else if (event.kind === 'data-end') {
      assert.equal(event.sizeBytes, this.#content.sizeBytes)
      this.#endContent(event.bareLineEnd ?? 'clean')
    } else {
      assert.equal(this.#content.sizeBytes, this.#content.wantedBytes)
      this.#endContent('chunk')
    }
  }

  #endContent(kind: string): void {
    this.seen.push(`${kind} ${this.#content.told}`)
    this.#state = this.#afterContent ?? this.#state
    this.#afterContent = undefined
  }

  #takeLine(text: string): void {
    const command = parsed(text)
    if (command instanceof ParseError) {
      this.seen.push(`${command.name} in ${this.#state}: ${command.message}`)
      this.ended = command instanceof BdatSyntaxError
      return
    }
    const step = stepOf(command)
    visited.add(`${this.#state}: ${step}`)
    const move = moveOf(this.#state, step)
    this.seen.push(`${step} in ${this.#state}`)
    if (command.verb === 'BDAT') this.#expectChunk(command.sizeBytes, typeof move === 'string' ? undefined : move)
    else if (typeof move === 'string') assertReply(printReply(refuse(move).reply))
    else this.#move(step, move)
  }

  #expectChunk(sizeBytes: number, move: Move | undefined): void {
    this.#receiver.expectChunk(sizeBytes)
    this.#endsLeft += 1
    this.#content = new Content(sizeBytes)
    this.#afterContent = move === undefined ? this.#state : this.#led(move)
  }

  #move(step: Step, move: Move): void {
    const next = this.#led(move)
    if (step === 'DATA' && !this.#verdicts.oneIn(6)) {
      this.#receiver.expectData()
      this.#endsLeft += 1
      this.#content = new Content()
      this.#afterContent = next
      return
    }
    if (step === 'AUTH' && this.#verdicts.oneIn(2)) this.#receiver.expectSaslLine()
    this.#state = next
    // After STARTTLS the receiver is thrown away, with what it held: from there on the cuts matter.
    this.ended = step === 'QUIT' || (step === 'STARTTLS' && next === move.taken)
  }

  #led(move: Move): State {
    return this.#verdicts.oneIn(3) ? move.refused : move.taken
  }
}

/** The octets of a message or chunk, told in a few characters. */
class Content {
  sizeBytes = 0
  readonly wantedBytes: number | undefined
  #sum = 0

  constructor(wantedBytes?: number) {
    this.wantedBytes = wantedBytes
  }

  push(bytes: Uint8Array): void {
    this.sizeBytes += bytes.length
    for (const octet of bytes) this.#sum = (Math.imul(this.#sum, 31) + octet) | 0
  }

  get told(): string {
    return `${this.sizeBytes} octets, ${this.#sum}`
  }
}

function parsed(line: string): Command | ParseError {
  try {
    const command = parseCommand(line)
    if (command.verb === 'MAIL') {
      if (command.sender !== undefined) checkPath(command.sender)
      readMailParameters(command.parameters, offered)
    }
    if (command.verb === 'RCPT') {
      checkPath(command.recipient)
      readRecipientParameters(command.parameters, offered)
    }
    return command
  } catch (error) {
    if (error instanceof ParseError) return error
    throw new Error(JSON.stringify(line), { cause: error })
  }
}

/** What a path promises; and written again it is the same one. */
function checkPath(path: Path): void {
  const { localPart, domain, address, needsUtf8 } = path
  assert.doesNotMatch(`${localPart}${domain}${address}`, /[\0-\x1f\x7f-\x9f]/)
  assert.equal(address, address.normalize('NFC'))
  if (domain !== undefined) assert.match(domain, /^[a-z0-9._-]+$|^\[[a-z0-9.:-]+\]$/)
  assert.ok(octetsOf(localPart) <= localPartOctets && octetsOf(domain ?? '') <= domainOctets)
  assert.ok(octetsOf(address) <= addressOctets)
  assert.ok(needsUtf8 || /^[ -~]+$/.test(address))
  if (domain === undefined) return
  const again = parseCommand(`RCPT TO:<${Buffer.from(address, 'utf8').toString('latin1')}>`)
  assert.ok(again.verb === 'RCPT')
  // What was not ASCII may have been in the source route alone.
  assert.deepEqual({ ...again.recipient, needsUtf8 }, path)
}

function octetsOf(text: string): number {
  return Buffer.byteLength(text)
}

function assertReply(text: string): void {
  assert.match(text, /^[45]\d\d [45]\.\d{1,3}\.\d{1,3} [ -~]+\r\n$/)
  assert.ok(text.length <= 512)
}
