// Mozilla's Marionette: scripts run inside Firefox or Thunderbird, over TCP. A message is its length, a colon, and JSON.

import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** [0, id, command, parameters] or [1, id, error, result]. */
type Answer = readonly [kind: 1, id: number, error: MarionetteError | null, result: { readonly value?: unknown } | null]

interface MarionetteError {
  readonly error: string
  readonly message: string
}

export class Marionette implements Disposable {
  readonly #socket: Socket
  readonly #answers = new EventEmitter()
  #unread: Buffer = Buffer.alloc(0)
  #lastId = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', error => this.#answers.emit('error', error))
    socket.on('close', () => this.#answers.emit('error', new Error('the program closed its Marionette connection')))
    this.#answers.on('error', () => {}) // whoever waits is told by once()
  }

  /** Rejects when nothing listens there yet. */
  static async open(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const marionette = new Marionette(socket)
    await marionette.#command('WebDriver:NewSession', {})
    await marionette.#command('Marionette:SetContext', { value: 'chrome' })
    return marionette
  }

  /** Runs the body of an asynchronous function with the program's own rights; settles with what it returned, as JSON carries it. */
  async run(body: string, words: readonly unknown[] = [], limitMs = 60_000): Promise<unknown> {
    const script = `const settle = arguments[arguments.length - 1]
      const words = Array.prototype.slice.call(arguments, 0, -1)
      ;(async () => {${body}})().then(value => settle({ value }), error => settle({ error: error + '\\n' + error?.stack }))`
    const parameters = { script, args: words, sandbox: 'system', newSandbox: false, scriptTimeout: limitMs }
    // The script above is the author of this form.
    const outcome = (await this.#command('WebDriver:ExecuteAsyncScript', parameters)) as {
      readonly value?: unknown
      readonly error?: string
    }
    if (outcome.error !== undefined) throw new Error(outcome.error)
    return outcome.value
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  async #command(name: string, parameters: object): Promise<unknown> {
    this.#lastId += 1
    const id = this.#lastId
    const message = Buffer.from(JSON.stringify([0, id, name, parameters]))
    const answered = once(this.#answers, String(id))
    this.#socket.write(`${message.length}:`)
    this.#socket.write(message)
    const [answer] = (await answered) as [Answer] // #take emits nothing else
    const [, , error, result] = answer
    if (error !== null) throw new Error(`${name}: ${error.error}: ${error.message}`)
    return result?.value
  }

  #take(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (;;) {
      const colon = this.#unread.indexOf(':')
      const end = colon + 1 + Number(this.#unread.toString('latin1', 0, colon))
      if (colon < 0 || this.#unread.length < end) return
      const message: unknown = JSON.parse(this.#unread.toString('utf8', colon + 1, end))
      this.#unread = this.#unread.subarray(end)
      // The greeting is an object: it has no id to wait for.
      if (Array.isArray(message)) this.#answers.emit(String(message[1]), message)
    }
  }
}
