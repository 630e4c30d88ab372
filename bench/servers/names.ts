// A DNS server for the bench: every domain below far.example has one mail host, whose address a function tells.

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type Answer, decode, encode } from 'dns-packet'

const ttl = 3_600

export class Names implements AsyncDisposable {
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /** @param addressOf of the mail host of a domain: `mx.` before its name */
  static async start(port: number, addressOf: (domain: string) => string): Promise<Names> {
    const socket = createSocket('udp4')
    socket.on('message', (bytes, { address, port: from }) => {
      const { id = 0, questions = [] } = decode(bytes)
      const [question] = questions
      if (question === undefined) return
      const answers = answersTo(question.name.toLowerCase(), question.type, addressOf)
      const flags = 0x80 // recursion is to be had
      socket.send(encode({ type: 'response', id, flags, questions, answers }), from, address)
    })
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    return new Names(socket)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }
}

function answersTo(name: string, type: string, addressOf: (domain: string) => string): Answer[] {
  if (name.startsWith('mx.')) return type === 'A' ? [{ name, type, ttl, data: addressOf(name.slice(3)) }] : []
  return type === 'MX' ? [{ name, type, ttl, data: { preference: 10, exchange: `mx.${name}` } }] : []
}
