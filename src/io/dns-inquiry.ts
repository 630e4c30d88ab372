// One question to DNS with all its tries: server after server, each heard until the end, by UDP, and by TCP where the answer is too long for it
// (RFC 7766). Every try has a socket, and so a port, of its own and a number by chance: nobody else's octets are an answer (RFC 5452).

import dgram from 'node:dgram'
import net, { isIPv6 } from 'node:net'
import type { Clock } from './clock.ts'
import { type DnsQuestion, type DnsReply, questionOctets, readReply } from './dns-answer.ts'
import type { Random } from './random.ts'

export interface NameServer {
  /** IP address. */
  readonly address: string
  readonly port: number
  /** Whether its AD bit means something: it is this machine's, or the settings say so. */
  readonly isTrusted: boolean
}

export interface InquiryNeeds {
  /** In the order in which they are asked; each is asked twice. */
  readonly servers: readonly NameServer[]
  readonly timeoutMs: number
  readonly clock: Clock
  readonly random: Random
}

export type Inquired = Extract<DnsReply, { readonly kind: 'answer' }>

const triesOfEach = 2

/** Undefined: nobody answered in time, or nobody could. Never rejects. */
export async function inquire(question: DnsQuestion, needs: InquiryNeeds): Promise<Inquired | undefined> {
  const inquiry = new Inquiry(question, needs)
  return await inquiry.answer()
}

class Inquiry {
  readonly #question: DnsQuestion
  readonly #needs: InquiryNeeds
  readonly #open = new DisposableStack()
  readonly #settled = Promise.withResolvers<Inquired | undefined>()
  /** Those that are still to be asked. */
  #waiting: NameServer[]
  /** Tries that may still bring an answer. */
  #underWay = 0

  constructor(question: DnsQuestion, needs: InquiryNeeds) {
    this.#question = question
    this.#needs = needs
    this.#waiting = Array.from({ length: triesOfEach }, () => needs.servers).flat()
  }

  async answer(): Promise<Inquired | undefined> {
    const { clock, timeoutMs } = this.#needs
    using _open = this.#open
    this.#open.use(clock.after(timeoutMs, () => this.#settled.resolve(undefined)))
    const count = this.#waiting.length
    // The last one, too, has time for an answer.
    const stepMs = timeoutMs / (count + 2)
    for (let step = 1; step < count; step += 1) this.#open.use(clock.after(step * stepMs, () => this.#askNext()))
    this.#askNext()
    return await this.#settled.promise
  }

  #askNext(): void {
    const server = this.#waiting.shift()
    if (server !== undefined) this.#ask(server, 'udp', true)
    else if (this.#underWay === 0) this.#settled.resolve(undefined)
  }

  #ask(server: NameServer, by: 'udp' | 'tcp', edns: boolean): void {
    const [high = 0, low = 0] = this.#needs.random.bytes(2)
    const id = high * 256 + low
    const octets = questionOctets(this.#question, id, edns)
    this.#underWay += 1
    let isOver = false
    const end = (next: () => void) => {
      if (isOver || this.#open.disposed) return
      isOver = true
      this.#underWay -= 1
      next()
    }
    const heard = (reply: Buffer) => {
      const read = readReply(reply, this.#question, id)
      if (read !== undefined) end(() => this.#read(read, server, by, edns))
    }
    // A server that refuses is asked again in its second turn; the next one need not wait for that.
    const failed = () => end(() => this.#askNext())
    this.#open.use((by === 'udp' ? overUdp : overTcp)(server, octets, { heard, failed }))
  }

  #read(reply: DnsReply, server: NameServer, by: 'udp' | 'tcp', edns: boolean): void {
    if (reply.kind === 'answer') this.#settled.resolve({ ...reply, isAuthentic: reply.isAuthentic && server.isTrusted })
    else if (reply.kind === 'truncated' && by === 'udp') this.#ask(server, 'tcp', edns)
    else if (reply.kind === 'without-edns' && edns) this.#ask(server, by, false)
    else this.#giveUpOn(server)
  }

  /** It has answered, and will say the same again. */
  #giveUpOn(server: NameServer): void {
    this.#waiting = this.#waiting.filter(one => one !== server)
    this.#askNext()
  }
}

interface Listening {
  readonly heard: (reply: Buffer) => void
  readonly failed: () => void
}

function overUdp({ address, port }: NameServer, octets: Buffer, { heard, failed }: Listening): Disposable {
  const socket = dgram.createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  let isClosed = false
  socket.on('error', failed)
  socket.on('message', heard)
  // Connected: the system lets in what comes from there alone.
  socket.connect(port, address, () => {
    if (!isClosed) socket.send(octets)
  })
  const close = () => {
    isClosed = true
    socket.close()
  }
  return { [Symbol.dispose]: close }
}

const lengthBytes = 2

function overTcp({ address, port }: NameServer, octets: Buffer, { heard, failed }: Listening): Disposable {
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt16BE(octets.length)
  const socket = net.connect(port, address, () => socket.write(Buffer.concat([length, octets])))
  let read: Buffer = Buffer.alloc(0)
  socket.on('error', failed)
  socket.on('close', failed)
  socket.on('data', (more: Buffer) => {
    read = Buffer.concat([read, more])
    const end = read.length < lengthBytes ? Number.POSITIVE_INFINITY : lengthBytes + read.readUInt16BE(0)
    if (read.length < end) return
    heard(read.subarray(lengthBytes, end))
    // One question, one answer.
    socket.destroy()
  })
  return { [Symbol.dispose]: () => void socket.destroy() }
}
