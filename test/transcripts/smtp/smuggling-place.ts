// Sends what a smuggler would into our MX, over channels in memory, and gives what was answered and what bob's mailbox holds of it.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { DataWriter } from '#wire/smtp/data-writer.ts'
import { envelope } from '../../support/smuggling.ts'
import type { TranscriptPeer } from '../../support/transcript.ts'
import { type SmtpPlace, smtpPlace } from './place.ts'

/** How bare line ends in a message are taken. */
export type Setting = 'refuse' | 'normalise'

export interface Outcome {
  /** Code and enhanced code of the answer to each message. */
  readonly replies: readonly string[]
  readonly stored: readonly Buffer[]
}

/** The octets after DATA with which a message goes to the next hop; it is written in pieces of these sizes. */
export function relay(message: Buffer, sizes: readonly number[]): Buffer {
  const writer = new DataWriter()
  const pieces: Uint8Array[] = []
  let at = 0
  for (const size of [...sizes, message.length]) {
    pieces.push(Uint8Array.from(writer.push(message.subarray(at, at + size))))
    at = Math.min(at + size, message.length)
  }
  return Buffer.concat([...pieces, writer.end()])
}

export class SmugglingPlace implements AsyncDisposable {
  readonly #place: SmtpPlace
  readonly #reader: TranscriptPeer
  #stored = 0

  private constructor(place: SmtpPlace, reader: TranscriptPeer) {
    this.#place = place
    this.#reader = reader
  }

  static async open(): Promise<SmugglingPlace> {
    const place = await smtpPlace()
    return new SmugglingPlace(place, await opener(place, 'reader'))
  }

  /** `stream` is what follows on the first DATA; then the client says QUIT. */
  async byData(
    stream: string,
    { setting, cut }: { readonly setting: Setting; readonly cut: 'whole' | 'octets' },
  ): Promise<Outcome> {
    const client = await this.#greeted(setting)
    const wire = `${envelope}${stream}QUIT\r\n`
    for (const piece of cut === 'whole' ? [wire] : wire) client.send(piece)
    return await this.#outcome(client)
  }

  /** All of `content` as one chunk; then the client says QUIT. */
  async byBdat(
    content: string,
    { setting, body }: { readonly setting: Setting; readonly body: string },
  ): Promise<Outcome> {
    const client = await this.#greeted(setting)
    const begin = envelope.replace('>\r\n', `> BODY=${body}\r\n`).replace('DATA\r\n', `BDAT ${content.length} LAST\r\n`)
    client.send(`${begin}${content}QUIT\r\n`)
    return await this.#outcome(client)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place[Symbol.asyncDispose]()
  }

  async #greeted(setting: Setting): Promise<TranscriptPeer> {
    const client = await opener(this.#place, setting === 'refuse' ? 'mx' : 'mending-mx')
    assert.match(await receive(client, () => true), /^220 /)
    client.send('EHLO relay.example\r\n')
    assert.match(await receive(client, () => true), /^250 [^\n]*\n$/m)
    return client
  }

  async #outcome(client: TranscriptPeer): Promise<Outcome> {
    const answer = await receive(client, () => client.closed)
    // Of a message alone: those to MAIL, RCPT and QUIT have other codes, and there is no other command.
    const replies = answer.split('\r\n').flatMap(line => /^(?:250 2\.0\.0|5\d\d \S+)/.exec(line)?.[0] ?? [])
    assert.match(answer, /(?:^|\n)221 [^\n]*\n$/)
    return { replies, stored: await this.#newMessages() }
  }

  async #newMessages(): Promise<Buffer[]> {
    const found: Buffer[] = []
    for (;;) {
      this.#reader.send(`bob INBOX ${this.#stored + 1}\r\n`)
      const text = await this.#reader.receive()
      if (!text.endsWith('(end)\r\n')) return found
      found.push(Buffer.from(text.slice(0, -'(end)\r\n'.length), 'latin1'))
      this.#stored += 1
    }
  }
}

/** What comes, until there is something and `isAll`. */
async function receive(client: TranscriptPeer, isAll: () => boolean): Promise<string> {
  let text = ''
  for (let turns = 0; turns < 1_000; turns += 1) {
    text += await client.receive()
    if (text !== '' && isAll()) return text + (await client.receive())
    await setImmediate()
  }
  return text
}

async function opener(place: SmtpPlace, name: string): Promise<TranscriptPeer> {
  const open = place.openers[name]
  assert.ok(open, `no opener ${name}`)
  return await open()
}
