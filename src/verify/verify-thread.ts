// The thread that verifies: orders in, questions and facts out.

import { Readable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { authenticate } from 'mailauth'
import { HeaderFilter } from '#mail/header-filter.ts'
import { limits } from './limits.ts'
import { readResult } from './read-result.ts'
import type { FromThread, Order, Question, QuestionAnswer, ToThread } from './thread-messages.ts'

const open = new Map<number, (answer: QuestionAnswer) => void>()
let lastQuestion = 0

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'order') void carryOut(message)
  else {
    open.get(message.id)?.(message.answer)
    open.delete(message.id)
  }
})

/** Its options go on to SPF, which knows one more. */
const ofSpf = { maxElapsedTime: limits.spfMs }

function say(message: FromThread): void {
  parentPort?.postMessage(message)
}

async function carryOut(order: Order): Promise<void> {
  const { job } = order
  try {
    const result = await authenticate(Readable.from(octetsOf(order)), {
      ip: order.address,
      helo: order.hello,
      sender: order.sender,
      mta: order.hostname,
      resolver: (name, type) => resolve(job, name, type),
      // As the RFCs have it: rsa-sha1 is no signature (RFC 8301), a body that differs is a failure.
      strict: true,
      disableArc: true,
      disableBimi: true,
      ...ofSpf,
    })
    say({ kind: 'verified', job, verified: readResult(result) })
  } catch (error) {
    say({ kind: 'failed', job, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

function ask(job: number, question: Question): Promise<QuestionAnswer> {
  lastQuestion += 1
  const id = lastQuestion
  const { promise, resolve: answered } = Promise.withResolvers<QuestionAnswer>()
  open.set(id, answered)
  say({ kind: 'question', job, id, question })
  return promise
}

/** The message, without the signatures beyond the limit: each costs arithmetic and a question to DNS. */
async function* octetsOf({ job, sizeBytes }: Order): AsyncGenerator<Uint8Array> {
  let signatures = 0
  const filter = new HeaderFilter(name => {
    if (name !== 'dkim-signature') return false
    signatures += 1
    return signatures > limits.signatures
  })
  for (let at = 0; at < sizeBytes; at += limits.readBytes) {
    const answer = await ask(job, { kind: 'octets', start: at, end: Math.min(at + limits.readBytes, sizeBytes) })
    if (answer.kind !== 'octets') throw new Error(`the message cannot be read: ${JSON.stringify(answer)}`)
    const piece = filter.push(answer.bytes)
    if (piece.length > 0) yield piece
  }
  const rest = filter.end()
  if (rest.length > 0) yield rest
}

async function resolve(job: number, name: string, type: string): Promise<string[]> {
  const answer = await ask(job, { kind: 'records', name, type })
  // The library takes what node:dns gives, which its type tells only in part (MX records are objects).
  if (answer.kind === 'records') return answer.records as string[]
  const code = answer.kind === 'failed' ? answer.code : 'EBADRESP'
  throw Object.assign(new Error(`${name} ${type}: ${code}`), { code })
}
