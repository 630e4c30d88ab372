// Binds a server to a TCP port or to a unix socket; what stands in the way is told with what to do about it.

import { once } from 'node:events'
import { lstat, rm } from 'node:fs/promises'
import { connect, type Server } from 'node:net'

export type Place = TcpPlace | UnixPlace

export interface TcpPlace {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

export interface UnixPlace {
  /** Of the socket; a dead server's socket there is replaced. The system takes about 100 octets. */
  readonly path: string
  /** Who may connect, as file mode. */
  readonly mode: number
}

/** Rejects with an Error that says what to do if the place can't be had. */
export async function bind(server: Server, place: Place, backlog: number): Promise<void> {
  try {
    if ('path' in place) await bindUnix(server, place, backlog)
    else await listening(server, () => server.listen({ ...place, backlog }))
  } catch (cause) {
    throw new Error(problem(cause, place), { cause })
  }
}

async function bindUnix(server: Server, place: UnixPlace, backlog: number): Promise<void> {
  const attempt = () => listening(server, () => listenWithMode(server, place, backlog))
  try {
    await attempt()
  } catch (cause) {
    if (codeOf(cause) !== 'EADDRINUSE' || !(await isDead(place.path))) throw cause
    await rm(place.path, { force: true })
    await attempt()
  }
}

/** The socket is born with its mode, which Node binds at once: nobody gets in before a chmod. */
function listenWithMode(server: Server, { path, mode }: UnixPlace, backlog: number): void {
  const before = process.umask(0o777 & ~mode)
  try {
    server.listen({ path, backlog })
  } finally {
    process.umask(before)
  }
}

async function listening(server: Server, listen: () => void): Promise<void> {
  const bound = once(server, 'listening')
  listen()
  await bound
}

/** Whether it is a socket that nobody listens on. */
async function isDead(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false
  const probe = connect(path)
  try {
    await once(probe, 'connect')
    return false
  } catch (error) {
    return codeOf(error) === 'ECONNREFUSED'
  } finally {
    probe.destroy()
  }
}

function problem(cause: unknown, place: Place): string {
  const code = codeOf(cause)
  if ('path' in place) return unixProblem(code, place.path, cause)
  const { host, port } = place
  switch (code) {
    case 'EADDRINUSE':
      return `another program listens on ${host} port ${port}; stop it, or give this listener another port`
    case 'EACCES':
      return `port ${port} may be used by root only; start as root, or give the right (setcap cap_net_bind_service), or take a port from 1024`
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine`
    default:
      return `can't listen on ${host} port ${port}: ${textOf(cause)}`
  }
}

function unixProblem(code: unknown, path: string, cause: unknown): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${path} is taken: another program listens on it, or it is no socket; stop that program, remove the file, or give this listener another path`
    case 'EACCES':
      return `${path} can't be made: its folder is not there, or this user may not write to it`
    default:
      return `can't listen on ${path}: ${textOf(cause)}`
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
