// A whole Posthouse in a process of its own, as a user starts it: `posthouse dev`. For server, crash and interop tests and for the bench.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { ConfigInput } from '#config/define.ts'
import { prepareConfigured } from './configured.ts'
import { claimPorts } from './ports.ts'

export interface ServerOptions {
  /** Kept when given; else a folder that is removed with the server. */
  readonly data?: string
  readonly accounts?: readonly { readonly address: string; readonly password: string }[]
  /** A configuration file in place of `posthouse dev`: what stands in it when `offset` is added to the standard ports. */
  readonly config?: (offset: number) => ConfigInput
  /** More words for `posthouse dev`. */
  readonly words?: readonly string[]
  /** Added to the standard ports; a free one is looked for when undefined. */
  readonly portOffset?: number
  /** Words before the program, such as a limit's: ['prlimit', '--fsize=…']. */
  readonly under?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface Ports {
  readonly smtp: number
  readonly submissions: number
  readonly submission: number
  readonly imap: number
  readonly imaps: number
  readonly pop3: number
  readonly pop3s: number
}

/** Disposed of it ends; a folder of its own is then looked through by `posthouse check`, and removed. */
export interface RunningServer extends AsyncDisposable {
  readonly child: ChildProcess
  readonly processId: number
  readonly host: string
  readonly ports: Ports
  readonly data: string
  /** The CA that clients are to trust. */
  readonly caPath: string
  /** What it printed before `ready`. */
  readonly banner: string
  /** What it logged so far. */
  log(): string
  readonly startSeconds: number
  /** SIGTERM; settles with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL; settles when the process is gone. */
  kill(): Promise<void>
}

export const alice = { address: 'alice@example.test', password: 'alice-secret' } as const
export const bob = { address: 'bob@example.test', password: 'bob-secret' } as const

const host = '127.0.0.1'
/** As package.json's scripts and the unit of docs/operate/running.md start it. */
export const nodeOptions = ['--max-semi-space-size=8'] as const
export const mainFile = join(import.meta.dirname, '../../bin/posthouse.js')

/** `posthouse check` over the folder of a server that is not running. Rejects with what it found. */
export async function checkClean(data: string): Promise<void> {
  await promisify(execFile)(process.execPath, [mainFile, 'check', '--data', data])
}

/** Starts it; settles when it printed `ready`. Rejects with all that it printed when it ends before. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const claimed = options.portOffset === undefined ? await claimPorts() : undefined
  const offset = options.portOffset ?? claimed?.offset ?? 0
  const folder = options.data === undefined ? mkdtempSync(join(tmpdir(), 'posthouse-test-')) : undefined
  const data = options.data ?? join(folder ?? '', 'data')
  const accounts = options.accounts ?? [alice, bob]
  const config = options.config?.(offset)
  const words =
    config === undefined ? devWords(data, offset, accounts) : await prepareConfigured({ data, config, accounts })
  const [program = '', ...before] = [...(options.under ?? []), process.execPath]
  const started = performance.now()
  const child = spawn(program, [...before, ...nodeOptions, mainFile, ...words, ...(options.words ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  })
  const log: string[] = []
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const banner = await untilReady(child, log)
  const startSeconds = (performance.now() - started) / 1000
  const gone = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await claimed?.[Symbol.asyncDispose]()
    return child.exitCode
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    child.kill(signal)
    return await gone()
  }
  return {
    child,
    processId: child.pid ?? 0,
    host,
    ports: portsFrom(offset),
    data,
    caPath: join(data, 'tls/ca.pem'),
    banner,
    log: () => log.join(''),
    startSeconds,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async [Symbol.asyncDispose]() {
      await end('SIGTERM')
      if (folder === undefined) return
      await checkClean(data)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function devWords(data: string, offset: number, accounts: Required<ServerOptions>['accounts']): readonly string[] {
  const given = accounts.map(({ address, password }) => `--account=${address}:${password}`)
  return ['dev', '--data', data, '--host', host, '--port-offset', String(offset), ...given]
}

function portsFrom(offset: number): Ports {
  return {
    smtp: offset + 25,
    submissions: offset + 465,
    submission: offset + 587,
    imap: offset + 143,
    imaps: offset + 993,
    pop3: offset + 110,
    pop3s: offset + 995,
  }
}

async function untilReady(child: ChildProcess, log: readonly string[]): Promise<string> {
  if (child.stdout === null) throw new Error('no output to wait for')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') {
      child.stdout.resume()
      return lines.join('\n')
    }
    lines.push(line)
  }
  throw new Error(`the server ended before it was ready:\n${lines.join('\n')}\n${log.join('')}`)
}
