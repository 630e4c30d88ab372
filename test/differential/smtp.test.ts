// Our MX beside npm's `smtp-server`: the same commands, valid and broken, drawn with a fixed seed, to both. The kinds of their replies (2xx,
// 3xx, 4xx, 5xx) agree but for the differences in the table, each with its reason; a row that is never seen fails too.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { seededRandom } from '#io/seeded-random.ts'
import type { TranscriptPeer } from '../support/transcript.ts'
import { type SmtpPlace, smtpPlace } from '../transcripts/smtp/place.ts'

const sessions = 600
const sessionsAtOnce = 100
const commandsEach = 9

/** By name: the line, without its end. */
const commands: Readonly<Record<string, string>> = {
  ehlo: 'EHLO client.example',
  'ehlo a literal': 'EHLO [127.0.0.1]',
  'ehlo in small letters': 'ehlo client.example',
  'ehlo alone': 'EHLO',
  'ehlo two words': 'EHLO client example',
  helo: 'HELO client.example',
  'helo alone': 'HELO',
  mail: 'MAIL FROM:<writer@sender.example>',
  'mail in small letters': 'mail from:<writer@sender.example>',
  'mail with a space': 'MAIL FROM: <writer@sender.example>',
  'mail null path': 'MAIL FROM:<>',
  'mail with size': 'MAIL FROM:<writer@sender.example> SIZE=1000',
  'mail too large': 'MAIL FROM:<writer@sender.example> SIZE=999999999999',
  'mail with size that is none': 'MAIL FROM:<writer@sender.example> SIZE=abc',
  'mail 8bitmime': 'MAIL FROM:<writer@sender.example> BODY=8BITMIME',
  'mail with body that is none': 'MAIL FROM:<writer@sender.example> BODY=9BITMIME',
  'mail unknown parameter': 'MAIL FROM:<writer@sender.example> FOO=bar',
  'mail quoted': 'MAIL FROM:<"a b"@sender.example>',
  'mail of a literal': 'MAIL FROM:<writer@[127.0.0.1]>',
  'mail without brackets': 'MAIL FROM:writer@sender.example',
  'mail without domain': 'MAIL FROM:<writer>',
  'mail with open bracket': 'MAIL FROM:<writer@sender.example',
  'mail two at signs': 'MAIL FROM:<a@b@sender.example>',
  'mail without colon': 'MAIL FROM <writer@sender.example>',
  'mail alone': 'MAIL',
  rcpt: 'RCPT TO:<alice@example.test>',
  'rcpt in small letters': 'rcpt to:<bob@example.test>',
  'rcpt with detail': 'RCPT TO:<bob+detail@example.test>',
  'rcpt of nobody': 'RCPT TO:<nobody@example.test>',
  'rcpt elsewhere': 'RCPT TO:<someone@elsewhere.example>',
  'rcpt null path': 'RCPT TO:<>',
  'rcpt postmaster': 'RCPT TO:<postmaster>',
  'rcpt with route': 'RCPT TO:<@relay.example:alice@example.test>',
  'rcpt without brackets': 'RCPT TO:alice@example.test',
  'rcpt unknown parameter': 'RCPT TO:<alice@example.test> FOO=bar',
  'rcpt alone': 'RCPT',
  data: 'DATA',
  'data with words': 'DATA now',
  rset: 'RSET',
  'rset with words': 'RSET now',
  noop: 'NOOP',
  'noop with words': 'NOOP and words',
  help: 'HELP',
  'help for a verb': 'HELP MAIL',
  vrfy: 'VRFY alice',
  expn: 'EXPN staff',
  starttls: 'STARTTLS',
  auth: 'AUTH PLAIN AGEAYg==',
  unknown: 'WHAT IS THIS',
  'a number': '250 OK',
  'no words': '',
  'a long line': `NOOP ${'x'.repeat(1_000)}`,
}

const often = ['ehlo', 'mail', 'rcpt', 'data', 'rset'] as const

const messages: Readonly<Record<string, string>> = {
  'a message': 'Subject: one\r\n\r\nA text.\r\n.\r\n',
  'a message with dots': 'Subject: two\r\n\r\n..\r\n..a\r\n.\r\n',
  'an empty message': '.\r\n',
}

/** `what: ours, theirs`, and why. */
const differences: Readonly<Record<string, string>> = {
  'a long line: 5xx, 2xx': 'RFC 5321 4.5.3.1.4: 512 octets; it knows no limit',
  'data with words: 5xx, 3xx': 'RFC 5321 4.1.1.4: DATA has no argument; it does not look',
  'ehlo two words: 2xx, 5xx': 'clients put their names there, with blanks: RFC 5321 4.1.4 has nobody refused for it',
  'mail quoted: 2xx, 5xx': 'RFC 5321 4.1.2: a quoted local part may hold a blank; it knows none',
  'mail unknown parameter: 5xx, 2xx': 'RFC 5321 4.1.1.11: 555; it does not look',
  'rcpt postmaster: 2xx, 5xx': 'RFC 5321 4.5.1: postmaster is reached without a domain; it wants one',
  'rcpt unknown parameter: 5xx, 2xx': 'RFC 5321 4.1.1.11: 555; it does not look',
  'rset with words: 5xx, 2xx': 'RFC 5321 4.1.1.5: RSET has no argument; it does not look',
}

describe('SMTP beside smtp-server', () => {
  let place: SmtpPlace
  let theirs: SMTPServer
  before(async () => {
    place = await smtpPlace()
    theirs = await startTheirs()
  })
  after(async () => {
    await place[Symbol.asyncDispose]()
    await new Promise<void>(settle => theirs.close(settle))
  })

  test('the kinds of replies agree, but for those in the table', async () => {
    const seen = new Set<string>()
    let compared = 0
    const talk = async (number: number): Promise<void> => {
      const pair = await Pair.open(place, theirs)
      const count = await pair.talk(new Draws(seededRandom(number)), difference => seen.add(difference))
      compared += count
    }
    // Theirs greets after 100 ms.
    for (let first = 0; first < sessions; first += sessionsAtOnce)
      await Promise.all(Array.from({ length: sessionsAtOnce }, (_, index) => talk(first + index)))
    assert.ok(compared > 2_000, `only ${compared} replies were compared`)
    assert.deepEqual([...seen].sort(), Object.keys(differences).sort())
  })
})

async function startTheirs(): Promise<SMTPServer> {
  const server = new SMTPServer({
    name: 'mail.example.test',
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    size: 50_000_000,
    logger: false,
    closeTimeout: 100,
    onRcptTo({ address }, _session, done) {
      const known = /^(alice|bob)(\+.*)?@example\.test$/.test(address)
      done(known ? null : Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
    },
    onData(stream, _session, done) {
      stream.resume()
      stream.once('end', () => done())
    },
  })
  server.on('error', () => {})
  const listening = once(server.server, 'listening')
  server.listen(0, '127.0.0.1')
  await listening
  return server
}

/** One session with each, in step. */
class Pair {
  readonly #ours: TranscriptPeer
  readonly #theirs: SocketPeer

  private constructor(ours: TranscriptPeer, theirs: SocketPeer) {
    this.#ours = ours
    this.#theirs = theirs
  }

  static async open(place: SmtpPlace, theirs: SMTPServer): Promise<Pair> {
    const opener = place.openers['bare-mx']
    assert.ok(opener)
    // A server on a port has an address of this kind.
    const { port } = theirs.server.address() as AddressInfo
    const pair = new Pair(await opener(), new SocketPeer(connect(port, '127.0.0.1')))
    assert.deepEqual([kindOf(await answer(pair.#ours)), kindOf(await answer(pair.#theirs))], [2, 2])
    return pair
  }

  /** Settles with how many replies were compared; ends at the first difference, for the two are no longer in step then. */
  async talk(random: Draws, tell: (difference: string) => void): Promise<number> {
    for (let count = 0; count < commandsEach; count += 1) {
      const name = random.isEven() ? random.of(often) : random.of(Object.keys(commands))
      let [ours, theirs] = await this.#both(`${commands[name] ?? ''}\r\n`)
      if (ours !== theirs) {
        tell(`${name}: ${ours}xx, ${theirs}xx`)
        this.#end()
        return count + 1
      }
      if (ours === 3) {
        const message = random.of(Object.keys(messages))
        ;[ours, theirs] = await this.#both(messages[message] ?? '')
        if (ours !== theirs) tell(`${message}: ${ours}xx, ${theirs}xx`)
      }
    }
    this.#end()
    return commandsEach
  }

  async #both(text: string): Promise<[number, number]> {
    this.#ours.send(text)
    this.#theirs.send(text)
    return [kindOf(await answer(this.#ours)), kindOf(await answer(this.#theirs))]
  }

  #end(): void {
    this.#ours.end()
    this.#theirs.end()
  }
}

/** The next reply; ours may say nothing yet while it waits for those who talk before they are greeted. */
async function answer(peer: Pick<TranscriptPeer, 'receive'>): Promise<string> {
  for (let turns = 0; turns < 1_000; turns += 1) {
    const text = await peer.receive()
    if (text !== '') return text
    await setImmediate()
  }
  return ''
}

/** The first digit of a reply. */
function kindOf(reply: string): number {
  assert.match(reply, /^(\d\d\d-[^\n]*\n)*\d\d\d [^\n]*\n$/)
  return Number(reply.charAt(0))
}

/** The client's end of a socket, with `receive` settling at a whole reply. */
class SocketPeer {
  readonly #socket: Socket
  #text = ''

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => (this.#text += chunk.toString('latin1')))
    socket.on('error', () => {})
  }

  send(text: string): void {
    this.#socket.write(text)
  }

  async receive(): Promise<string> {
    while (!/^\d\d\d(?: [^\n]*)?\n/m.test(this.#text)) await once(this.#socket, 'data')
    const text = this.#text
    this.#text = ''
    return text
  }

  end(): void {
    this.#socket.destroy()
  }
}

class Draws {
  readonly #random: { bytes(count: number): Uint8Array }

  constructor(random: { bytes(count: number): Uint8Array }) {
    this.#random = random
  }

  isEven(): boolean {
    return (this.#random.bytes(1)[0] ?? 0) % 2 === 0
  }

  of<T>(list: readonly T[]): T {
    const [high = 0, low = 0] = this.#random.bytes(2)
    const drawn = list[(high * 256 + low) % list.length]
    if (drawn === undefined) throw new RangeError('nothing to draw from')
    return drawn
  }
}
