// A client made for load: it writes what it is told and looks at as little of the answer as it can.

import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface Port {
  readonly host: string
  readonly port: number
  /** The address to come from. */
  readonly localAddress?: string
}

export class LineClient {
  readonly #socket: Socket
  #chunks: Buffer[] = []
  #wake: (() => void) | undefined
  #error: Error | undefined
  /** Octets received so far. */
  received = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length
      this.#chunks.push(chunk)
      this.#signal()
    })
    socket.on('error', error => this.#end(error))
    socket.on('close', () => this.#end(new Error('the server closed the connection')))
  }

  /** @param place a port, or the path of a unix socket */
  static async open(place: Port | { readonly path: string }, tls: boolean): Promise<LineClient> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = tls ? connectTls({ ...place, rejectUnauthorized: false }, resolve) : connect(place, resolve)
    socket.setNoDelay(true)
    socket.once('error', reject)
    await promise
    socket.off('error', reject)
    return new LineClient(socket)
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Takes nothing from the system any more: the server has to see what it does with its answers. */
  stopReading(): void {
    this.#socket.pause()
  }

  /** Sends an IMAP command; settles with all that came up to its tagged response, that included. */
  async command(tag: string, words: string): Promise<string> {
    this.write(`${tag} ${words}\r\n`)
    return await this.until(new RegExp(`^${tag} (?:OK|NO|BAD) [^\\n]*\\n$`, 'm'))
  }

  /** Reads on until the end of what came looks like `end`. Settles with all that came. */
  async until(end: RegExp): Promise<string> {
    const texts: string[] = []
    for (let tail = ''; !end.test(tail); ) {
      const text = (await this.chunk()).toString('latin1')
      texts.push(text)
      tail = (tail + text).slice(-2_000)
    }
    return texts.join('')
  }

  /** Settles with the next chunk. Rejects when the connection has ended. */
  async chunk(): Promise<Buffer> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) return chunk
      if (this.#error !== undefined) throw this.#error
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
  }

  /** Reads on until `count` lines have ended. Settles with the text of the last chunk. */
  async lines(count: number): Promise<string> {
    let seen = 0
    for (;;) {
      const chunk = await this.chunk()
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) seen += 1
      if (seen >= count) return chunk.toString('latin1')
    }
  }

  /** Reads on until what came ends with a line that begins with `start`. Settles with that line. */
  async lastLine(start: string): Promise<string> {
    let tail = ''
    for (;;) {
      tail = (tail + (await this.chunk()).toString('latin1')).slice(-2_000)
      if (!tail.endsWith('\r\n')) continue
      const line = tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1)
      if (line.startsWith(start)) return line
    }
  }

  /** One SMTP reply, or the last of as many as are waited for: lines with a space after the code; `each` is told of every one. Throws when it is none of 2xx and 3xx. */
  async replies(count: number, each?: (index: number) => void): Promise<void> {
    let seen = 0
    let tail = ''
    while (seen < count) {
      const text = tail + (await this.chunk()).toString('latin1')
      const lines = text.split('\r\n')
      tail = lines.pop() ?? ''
      for (const line of lines) {
        if (line.charAt(3) === '-') continue
        if (!/^[23]/.test(line)) throw new Error(`the server answered: ${line}`)
        each?.(seen)
        seen += 1
      }
    }
  }

  close(): void {
    this.#error ??= new Error('closed')
    this.#socket.destroy()
  }

  #end(error: Error): void {
    this.#error ??= error
    this.#signal()
  }

  #signal(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
