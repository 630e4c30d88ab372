// Clients that nobody wants, on a thread of their own so that honest ones in the same process don't wait for them: some hold connections,
// some send an octet now and then, some never read, some flood. `begin` and `end` them as often as wanted; `finish` ends the floods.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { Port } from './line-client.ts'

/** How many of each. */
export interface AbuseSize {
  /** Connections that say nothing. */
  readonly idle: number
  /** Each sends one octet of a command at a tick. */
  readonly slowCommands: number
  /** Each sends one octet of a message at a tick. */
  readonly slowData: number
  /** Each asks for megabytes of replies and reads none. */
  readonly deaf: number
  /** Each has said all it wants before it is greeted. */
  readonly earlyTalkers: number
  /** Sent on one connection, without a line end. */
  readonly lineBytes: number
  /** Sent on connections that last as long as the server lets them. */
  readonly badCommands: number
}

/** All that is to be withstood at once. */
export const crowd = {
  idle: 2_000,
  slowCommands: 100,
  slowData: 100,
  deaf: 20,
  earlyTalkers: 100,
  lineBytes: 1_000_000_000,
  badCommands: 100_000,
} as const satisfies AbuseSize

export interface AbuseResult {
  /** What the server answered to the endless line once it ended. */
  readonly lineAnswer: string
  readonly badCommandsSent: number
  /** Of the connections with bad commands: how many were told 421 at their end, and how many ended otherwise. */
  readonly shownOut: number
  readonly endedOtherwise: number
  readonly earlyTalkersAnswered: number
}

type Order = 'begin' | 'tick' | 'end' | 'finish'

export class SmtpAbuse implements AsyncDisposable {
  readonly #worker: Worker

  constructor(port: Port, size: AbuseSize) {
    this.#worker = new Worker(import.meta.filename, { workerData: { port, size } })
  }

  /** Settles when all were greeted; from then on the deaf ones and the floods are at work. */
  async begin(): Promise<void> {
    await this.#done('begin')
  }

  /** The slow ones send their next octet. */
  tick(): void {
    this.#worker.postMessage('tick' satisfies Order)
  }

  /** Settles when all but the floods have gone; these stand still. */
  async end(): Promise<void> {
    await this.#done('end')
  }

  /** Settles when the floods have sent all that they have to send and were answered. */
  async finish(): Promise<AbuseResult> {
    return await this.#done('finish')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  async #done(order: Order): Promise<AbuseResult> {
    this.#worker.postMessage(order)
    const [result] = await once(this.#worker, 'message')
    return result
  }
}

const flooders = 20
const badCommandsAtOnce = 20
const longestPiece = Buffer.alloc(64 * 1024, 'x')
const slowCommand = 'NOOP and so on and on and never an end, for the whole of the line that a command may have'
const slowMessage = 'Subject: slow\r\n\r\nAn octet at a time, and no more than that.\r\n'
const beginMessage = 'EHLO slow.example\r\nMAIL FROM:<slow@sender.example>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n'

class Abusers {
  readonly #port: Port
  readonly #size: AbuseSize
  #standing: Socket[] = []
  #slow: { readonly socket: Socket; readonly text: string }[] = []
  #ticks = 0
  #flooding: Promise<void>[] = []
  #isFlooding = false
  #line: Socket | undefined
  #lineAnswer = ''
  #lineBytes = 0
  #badCommandsSent = 0
  #shownOut = 0
  #endedOtherwise = 0
  #earlyTalkersAnswered = 0

  constructor(port: Port, size: AbuseSize) {
    this.#port = port
    this.#size = size
  }

  async begin(): Promise<void> {
    const { idle, slowCommands, slowData, deaf, earlyTalkers } = this.#size
    const idlers = await this.#many(idle)
    const slowTalkers = await this.#many(slowCommands)
    const slowWriters = await this.#many(slowData)
    for (const socket of slowWriters) socket.write(beginMessage)
    const deafOnes = await this.#many(deaf)
    const early = await this.#many(earlyTalkers, 'EHLO early.example\r\nNOOP\r\nQUIT\r\n')
    this.#earlyTalkersAnswered += early.filter(({ bytesRead }) => bytesRead > 0).length
    this.#slow = [
      ...slowTalkers.map(socket => ({ socket, text: slowCommand })),
      ...slowWriters.map(socket => ({ socket, text: slowMessage })),
    ]
    this.#standing = [...idlers, ...slowTalkers, ...slowWriters, ...deafOnes, ...early]
    // Last, for the others are to be greeted first.
    for (const socket of deafOnes) socket.pause().write('EHLO deaf.example\r\n'.repeat(30_000))
    this.#isFlooding = true
    this.#flooding = [this.#floodLine(), ...Array.from({ length: flooders }, () => this.#floodCommands())]
  }

  tick(): void {
    for (const { socket, text } of this.#slow)
      if (!socket.destroyed) socket.write(text.charAt(this.#ticks % text.length))
    this.#ticks += 1
  }

  async end(): Promise<void> {
    this.#isFlooding = false
    await Promise.all(this.#flooding)
    await Promise.all(this.#standing.map(hangUp))
    this.#standing = []
    this.#slow = []
  }

  async finish(): Promise<AbuseResult> {
    this.#isFlooding = true
    await Promise.all([this.#floodLine(), ...Array.from({ length: flooders }, () => this.#floodCommands())])
    const line = this.#line
    if (line !== undefined) {
      line.end('\r\nQUIT\r\n')
      if (!line.closed) await once(line, 'close')
    }
    return {
      lineAnswer: this.#lineAnswer,
      badCommandsSent: this.#badCommandsSent,
      shownOut: this.#shownOut,
      endedOtherwise: this.#endedOtherwise,
      earlyTalkersAnswered: this.#earlyTalkersAnswered,
    }
  }

  async #floodLine(): Promise<void> {
    this.#line ??= await this.#openLine()
    while (this.#isFlooding && this.#lineBytes < this.#size.lineBytes && !this.#line.destroyed) {
      this.#lineBytes += longestPiece.length
      if (!this.#line.write(longestPiece)) await drained(this.#line)
    }
  }

  async #openLine(): Promise<Socket> {
    const socket = await open(this.#port)
    socket.on('data', (chunk: Buffer) => (this.#lineAnswer += chunk.toString('latin1')))
    return socket
  }

  async #floodCommands(): Promise<void> {
    while (this.#isFlooding && this.#badCommandsSent < this.#size.badCommands) {
      this.#badCommandsSent += badCommandsAtOnce
      const socket = await open(this.#port)
      let answer = ''
      socket.on('data', (chunk: Buffer) => (answer = (answer + chunk.toString('latin1')).slice(-200)))
      socket.write('WHAT IS THIS\r\n'.repeat(badCommandsAtOnce))
      if (!socket.closed) await once(socket, 'close')
      if (/^421 /m.test(answer)) this.#shownOut += 1
      else this.#endedOtherwise += 1
    }
  }

  async #many(count: number, words = ''): Promise<Socket[]> {
    const sockets: Socket[] = []
    // The system's queue of connections to be accepted has its length.
    for (let first = 0; first < count; first += 100)
      sockets.push(
        ...(await Promise.all(Array.from({ length: Math.min(100, count - first) }, () => open(this.#port, words)))),
      )
    return sockets
  }
}

/** Settles when it was greeted, or has gone; `words` are sent before that. */
async function open(port: Port, words = ''): Promise<Socket> {
  const socket = connect({ ...port, noDelay: true })
  socket.on('error', () => {})
  if (words !== '') socket.write(words)
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.once('data', () => resolve())
  socket.once('close', () => resolve())
  await promise
  return socket
}

/** Settles when it takes more, or has gone. */
async function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const over = () => resolve()
  socket.once('drain', over).once('close', over)
  await promise
  socket.off('drain', over).off('close', over)
}

async function hangUp(socket: Socket): Promise<void> {
  if (socket.closed) return
  const closed = once(socket, 'close')
  socket.destroy()
  await closed
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort
  const abusers = new Abusers(workerData.port, workerData.size)
  port.on('message', async (order: Order) => {
    if (order === 'tick') return abusers.tick()
    port.postMessage(await abusers[order]())
  })
}
