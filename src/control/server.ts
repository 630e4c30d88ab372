// The control socket's server: one request a line, one answer a line, in JSON. Who can open the socket (0600: this user) is the operator.

import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { Outcome } from '#accounts/refusal.ts'
import type { Log } from '#io/log.ts'
import type { Administration } from './administration.ts'
import { limits } from './limits.ts'
import { LineTooLongError, readLines } from './lines.ts'
import { openSocketPath } from './socket-path.ts'
import { isVerb, readRequest, type Verb } from './verbs.ts'

export interface ControlNeeds {
  /** Of the socket; its folder's lock is held by the caller, so that a socket found there is a dead server's. */
  readonly path: string
  readonly administration: Administration
  readonly log: Log
}

/** Anything but an Outcome that the server may answer. */
export type Trouble =
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'fault'; readonly id: string }

/** Listens until disposed of, which lets the requests at work finish. */
export async function serveControl(needs: ControlNeeds): Promise<AsyncDisposable> {
  const sessions = new Map<Socket, Promise<void>>()
  const drain = new AbortController()
  const server = createServer(socket => {
    const session = runSession(needs, socket, drain.signal).finally(() => sessions.delete(socket))
    sessions.set(socket, session)
  })
  server.maxConnections = limits.connections
  const place = await openSocketPath(needs.path)
  await rm(needs.path, { force: true })
  await listenPrivately(server, place.path)
  await chmod(needs.path, 0o600)
  return {
    async [Symbol.asyncDispose]() {
      drain.abort()
      const closed = new Promise(resolve => server.close(resolve))
      await Promise.all(sessions.values())
      await closed
      await rm(needs.path, { force: true })
      await place[Symbol.asyncDispose]()
    },
  }
}

/** The socket is born with 0600: the file mode is set while it is bound, which Node does at once. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const before = process.umask(0o177)
    try {
      server.listen(path, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      process.umask(before)
    }
  })
}

async function runSession({ administration, log }: ControlNeeds, socket: Socket, drain: AbortSignal): Promise<void> {
  let working = false
  const stop = (): void => {
    if (!working) socket.destroy()
  }
  drain.addEventListener('abort', stop)
  try {
    for await (const line of readLines(socket, limits.requestBytes)) {
      working = true
      const answer = await answerTo(administration, line, log)
      working = false
      socket.write(`${JSON.stringify(answer)}\n`)
      if (drain.aborted) socket.end()
    }
  } catch (error) {
    // The command line went away, or is none: its connection ends, nothing else.
    log.debug('control.ended', { reason: error instanceof LineTooLongError ? 'line-too-long' : String(error) })
  } finally {
    drain.removeEventListener('abort', stop)
    socket.destroy()
  }
}

async function answerTo(administration: Administration, line: string, log: Log): Promise<Outcome<unknown> | Trouble> {
  const request = readLine(line)
  if (request.kind !== 'request') return request
  try {
    // readRequest has held the fields against the verb's table, whose types the interface states.
    const perform = administration[request.verb] as (fields: unknown) => Promise<Outcome<unknown>>
    const outcome = await perform.call(administration, request.fields)
    // A large message comes in very many of them.
    const level = request.verb === 'importOctets' ? 'debug' : 'info'
    log[level]('control.request', { verb: request.verb, outcome: outcome.kind })
    return outcome
  } catch (error) {
    const id = crypto.randomUUID().slice(0, 8)
    log.error('control.fault', { id, verb: request.verb, error: error instanceof Error ? error.stack : String(error) })
    return { kind: 'fault', id }
  }
}

function readLine(
  line: string,
): { readonly kind: 'request'; readonly verb: Verb; readonly fields: Record<string, unknown> } | Trouble {
  const given = parseJson(line)
  if (typeof given !== 'object' || given === null) return { kind: 'malformed', reason: 'not a JSON object' }
  const verb: unknown = Reflect.get(given, 'verb')
  if (!isVerb(verb)) return { kind: 'malformed', reason: 'no such verb' }
  const read = readRequest(verb, Reflect.get(given, 'request'))
  return typeof read === 'string' ? { kind: 'malformed', reason: read } : { kind: 'request', verb, fields: read.fields }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
