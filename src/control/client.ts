// The administration of a running server, through its control socket. Requests go one after another.

import { connect, type Socket } from 'node:net'
import { Secret } from '#base/secret.ts'
import type { Administration } from './administration.ts'
import { limits } from './limits.ts'
import { readLines } from './lines.ts'
import { openSocketPath } from './socket-path.ts'
import { verbs } from './verbs.ts'

/** The server went away, or did not do as asked by a fault of its own. */
export class ControlError extends Error {
  readonly reason: 'gone' | 'fault'

  constructor(reason: ControlError['reason'], message: string) {
    super(message)
    this.name = 'ControlError'
    this.reason = reason
  }
}

export type RemoteAdministration = Administration & AsyncDisposable

/** Undefined when nobody listens there. Its verbs reject with ControlError; a socket that is not ours to open, with the system's EACCES. */
export async function connectAdministration(path: string): Promise<RemoteAdministration | undefined> {
  const socket = await connected(path)
  if (socket === undefined) return undefined
  const answers = readLines(socket, limits.answerBytes)
  let turn: Promise<unknown> = Promise.resolve()
  const call = (verb: string, request: unknown): Promise<unknown> => {
    const answer = turn.then(() => exchange(socket, answers, { verb, request: printable(request) }))
    turn = answer.catch(() => undefined)
    return answer
  }
  const calls = Object.keys(verbs).map(verb => [verb, (request: unknown) => call(verb, request)] as const)
  const remote = { ...Object.fromEntries(calls), [Symbol.asyncDispose]: async () => void socket.destroy() }
  // Each verb of the table is there, and answers what the other end's Administration gave.
  return remote as unknown as RemoteAdministration
}

async function exchange(socket: Socket, answers: AsyncGenerator<string>, line: unknown): Promise<unknown> {
  socket.write(`${JSON.stringify(line)}\n`)
  const next = await answers.next().catch(() => undefined)
  if (next === undefined || next.done) throw new ControlError('gone', 'the server ended the connection')
  // The other end is our own server: each answer is an object with a kind.
  const answer = JSON.parse(next.value) as { readonly kind: string; readonly id?: string; readonly reason?: string }
  if (answer.kind === 'fault') throw new ControlError('fault', `the server's log tells more under the id ${answer.id}`)
  if (answer.kind === 'malformed') throw new ControlError('fault', `the server did not understand: ${answer.reason}`)
  return answer
}

/** Secrets print as [secret]; here, and nowhere else, they are sent. */
function printable(request: unknown): unknown {
  if (typeof request !== 'object' || request === null) return request
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  )
}

async function connected(path: string): Promise<Socket | undefined> {
  const place = await openSocketPath(path).catch(unlessNobody)
  if (place === undefined) return undefined
  await using _open = place
  const socket = connect(place.path)
  return await new Promise<Socket | undefined>((resolve, reject) => {
    socket.once('connect', () => {
      socket.off('error', reject)
      // Later errors end the iteration over its lines.
      socket.on('error', () => undefined)
      resolve(socket)
    })
    socket.once('error', error => {
      try {
        resolve(unlessNobody(error))
      } catch (fault) {
        reject(fault)
      }
    })
  })
}

function unlessNobody(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return undefined
  throw error
}
