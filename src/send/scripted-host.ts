// A host of the network in memory that answers as a test tells it: takes whatever is not answered otherwise, and remembers what it took.

import type { Channel } from '#io/channel.ts'
import { fromUtf8, utf8 } from '#text/bytes.ts'

export interface Script {
  readonly greeting?: string
  /** Keywords of EHLO; DATA alone unless told. */
  readonly keywords?: readonly string[]
  /** What is said to a command (`.` is the end of a message); undefined: yes. `hang up`: nothing, and the connection ends. `silence`: nothing. */
  readonly answer?: (
    command: string,
    facts: { readonly connection: number; readonly messages: number },
  ) => string | undefined
}

export class ScriptedHost {
  script: Script
  /** Connections so far, and those that are open. */
  connections = 0
  open = 0
  mostOpen = 0
  /** What was taken, with the recipients before it: `a@there.example b@there.example: text`. */
  readonly taken: string[] = []
  /** Every line that was no part of a message. */
  readonly commands: string[] = []

  constructor(script: Script = {}) {
    this.script = script
  }

  readonly serve = async (channel: Channel): Promise<void> => {
    this.connections += 1
    this.open += 1
    this.mostOpen = Math.max(this.mostOpen, this.open)
    try {
      await new Talk(this, channel, this.connections).run()
    } finally {
      this.open -= 1
    }
  }
}

class Talk {
  readonly #host: ScriptedHost
  readonly #channel: Channel
  readonly #connection: number
  #unread = ''
  #recipients: string[] = []
  #messages = 0

  constructor(host: ScriptedHost, channel: Channel, connection: number) {
    this.#host = host
    this.#channel = channel
    this.#connection = connection
  }

  async run(): Promise<void> {
    const { greeting = '220 there.example ESMTP' } = this.#host.script
    if (greeting === 'hang up') return
    if (greeting !== 'silence') this.#channel.write(`${greeting}\r\n`)
    for (let line = await this.#line(); line !== undefined; line = await this.#line()) {
      this.#host.commands.push(line)
      const said = this.#answer(line)
      if (said === 'hang up') return
      if (said !== 'silence') this.#channel.write(`${said}\r\n`)
      if (said.startsWith('221') || said.startsWith('421')) return
      if (said.startsWith('220') && line === 'STARTTLS') await this.#channel.startTls()
      if (said.startsWith('354') && !(await this.#message())) return
    }
  }

  #answer(line: string): string {
    const { script } = this.#host
    const said = script.answer?.(line, { connection: this.#connection, messages: this.#messages })
    if (said !== undefined) return said
    const verb = line.split(/[ :]/)[0]?.toUpperCase()
    if (verb === 'EHLO') return ['there.example', ...(script.keywords ?? [])].map(dashed).join('\r\n')
    if (verb === 'DATA') return '354 go on'
    if (verb === 'AUTH') return '235 2.7.0 welcome'
    if (verb === 'QUIT') return '221 bye'
    if (verb === 'STARTTLS') return '220 go on'
    if (verb === 'RSET' || verb === 'MAIL') this.#recipients = []
    if (verb === 'RCPT') this.#recipients.push(/<(.*)>/.exec(line)?.[1] ?? line)
    return '250 2.0.0 yes'
  }

  /** False: the connection is to end. */
  async #message(): Promise<boolean> {
    const lines: string[] = []
    for (let line = await this.#line(); line !== '.'; line = await this.#line()) {
      if (line === undefined) return false
      lines.push(line)
    }
    const { script } = this.#host
    const said = script.answer?.('.', { connection: this.#connection, messages: this.#messages })
    if (said === 'hang up') return false
    if (said === undefined || said.startsWith('2')) {
      this.#messages += 1
      this.#host.taken.push(`${this.#recipients.join(' ')}: ${lines.join('|')}`)
    }
    if (said !== 'silence') this.#channel.write(`${said ?? '250 2.0.0 taken'}\r\n`)
    return !(said?.startsWith('421') ?? false)
  }

  async #line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#unread.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#unread.slice(0, end)
        this.#unread = this.#unread.slice(end + 2)
        return line
      }
      const bytes = await this.#channel.read(3_600_000).catch(() => undefined)
      if (bytes === undefined) return undefined
      this.#unread += utf8(bytes)
    }
  }
}

function dashed(line: string, at: number, all: readonly string[]): string {
  return `250${at === all.length - 1 ? ' ' : '-'}${line}`
}

/** A message of this text. */
export function textMessage(text: string) {
  const bytes = fromUtf8(text)
  return {
    sizeBytes: bytes.length,
    head: bytes,
    read: async (start: number, end: number) => bytes.subarray(start, end),
    [Symbol.asyncDispose]: async () => {},
  }
}
