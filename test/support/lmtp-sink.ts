// An LMTP server that takes every message and counts them: where getmail delivers to. For each of its other ways it starts a process, and now and then waits for
// one that has ended already, until it gives up after three minutes.

import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

export class LmtpSink implements AsyncDisposable {
  readonly #server: Server
  #messages = 0

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param path of its socket */
  static async open(path: string): Promise<LmtpSink> {
    const server = createServer()
    const sink = new LmtpSink(server)
    server.on('connection', socket => sink.#serve(socket))
    server.listen(path)
    await once(server, 'listening')
    server.unref()
    return sink
  }

  /** Taken so far. */
  get messages(): number {
    return this.#messages
  }

  #serve(socket: Socket): void {
    let unread = ''
    let isInMessage = false
    socket.on('error', () => {})
    socket.write('220 sink\r\n')
    socket.setEncoding('latin1').on('data', (text: string) => {
      unread += text
      for (let end = unread.indexOf('\r\n'); end >= 0; end = unread.indexOf('\r\n')) {
        const line = unread.slice(0, end)
        unread = unread.slice(end + 2)
        if (isInMessage && line !== '.') continue
        if (isInMessage) this.#messages += 1
        isInMessage = line.toUpperCase() === 'DATA'
        socket.write(isInMessage ? '354 go on\r\n' : '250 ok\r\n')
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}
