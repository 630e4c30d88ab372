// What a client says, as a server made for tests reads it: lines, messages, octets. Strict about line ends.

import { type Channel, ChannelError } from '#io/channel.ts'

export class PeerInput {
  readonly #channel: Channel
  readonly #idleMs: number
  readonly #mistake: (text: string) => void
  #unread = ''

  constructor(channel: Channel, idleMs: number, mistake: (text: string) => void) {
    this.#channel = channel
    this.#idleMs = idleMs
    this.#mistake = mistake
  }

  /** Whether the client has said more than was read. */
  get hasMore(): boolean {
    return this.#unread.length > 0
  }

  /** The next line without its end; undefined when the client has ended. */
  async line(): Promise<string | undefined> {
    if (!(await this.#until(() => this.#unread.includes('\n')))) return undefined
    const end = this.#unread.indexOf('\n')
    const line = this.#taken(end + 1)
    if (!line.endsWith('\r\n')) this.#mistake(`a line ends without CR: ${line}`)
    if (line.length > 4_096) this.#mistake(`a command of ${line.length} octets`)
    return line.replace(/\r?\n$/, '')
  }

  /** A message up to its dot, without it and without the dots that were put before others. */
  async untilDot(): Promise<string | undefined> {
    const ends = () => this.#unread.startsWith('.\r\n') || this.#unread.includes('\r\n.\r\n')
    if (!(await this.#until(ends))) return undefined
    const at = this.#unread.startsWith('.\r\n') ? -2 : this.#unread.indexOf('\r\n.\r\n')
    const text = this.#taken(at + 5).slice(0, -3)
    return text.replaceAll(/(^|\r\n)\./g, '$1')
  }

  async octets(count: number): Promise<string | undefined> {
    return (await this.#until(() => this.#unread.length >= count)) ? this.#taken(count) : undefined
  }

  /** Reads on until the client has ended or is gone. */
  async drain(): Promise<void> {
    const endless = 24 * 3_600_000
    try {
      while ((await this.#channel.read(endless)) !== undefined) this.#unread = ''
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
    }
  }

  async #until(isThere: () => boolean): Promise<boolean> {
    while (!isThere()) {
      const bytes = await this.#channel.read(this.#idleMs)
      if (bytes === undefined) return false
      this.#unread += Buffer.from(bytes).toString('latin1')
    }
    return true
  }

  #taken(count: number): string {
    const text = this.#unread.slice(0, count)
    this.#unread = this.#unread.slice(count)
    return text
  }
}
