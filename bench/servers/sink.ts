// Where relayed mail goes: Postfix's smtp-sink, which takes everything and keeps nothing, so that of both servers the sending alone is measured.

import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { LineClient, type Port } from '../../test/support/line-client.ts'
import { packageFolder } from '../../test/support/mail-system.ts'

const installed = '/usr/sbin/smtp-sink'
const backlog = '1000'

export class Sink implements AsyncDisposable {
  readonly place: Port
  readonly #child: ChildProcessByStdio<null, Readable, null>
  readonly #removed: string | undefined
  #messages = 0
  #tail = ''
  #wake: (() => void) | undefined

  private constructor(place: Port, program: Program) {
    this.place = place
    this.#removed = program.folder
    const { path, environment } = program
    this.#child = spawn(path, ['-c', '-u', 'nobody', `${place.host}:${place.port}`, backlog], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    })
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')))
    this.#child.once('exit', () => this.#wake?.())
  }

  /** Settles once it answers. */
  static async start(place: Port): Promise<Sink> {
    const sink = new Sink(place, findProgram())
    for (let tries = 0; ; tries += 1) {
      try {
        const client = await LineClient.open(place, false)
        client.close()
        return sink
      } catch (error) {
        if (tries === 200 || sink.#child.exitCode !== null) throw error
        await new Promise(settle => setTimeout(settle, 25))
      }
    }
  }

  /** Taken so far. */
  get messages(): number {
    return this.#messages
  }

  /** Settles once it has taken so many in all. Rejects when it ends before, or takes none for a minute. */
  async taken(messages: number): Promise<void> {
    while (this.#messages < messages) {
      // As when somebody else has its port.
      if (this.#child.exitCode !== null) throw new Error(`the sink has ended, with ${this.#messages} of ${messages}`)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      this.#wake = resolve
      const timer = setTimeout(() => reject(new Error(`the sink waits, with ${this.#messages} of ${messages}`)), 60_000)
      await promise.finally(() => clearTimeout(timer))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await ended
    }
    if (this.#removed !== undefined) rmSync(this.#removed, { recursive: true })
  }

  /** It writes its counters over and over: `sess=3 quit=2 mesg=2\r`. */
  #read(text: string): void {
    const counters = (this.#tail + text).split('\r')
    this.#tail = counters.pop() ?? ''
    const last = counters.at(-1)
    if (last === undefined) return
    this.#messages = Number(/mesg=(\d+)/.exec(last)?.[1] ?? this.#messages)
    this.#wake?.()
  }
}

interface Program {
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
  /** To be removed at the end. */
  readonly folder: string | undefined
}

function findProgram(): Program {
  if (existsSync(installed)) return { path: installed, environment: {}, folder: undefined }
  const [file] = globSync('postfix_*.deb', { cwd: packageFolder })
  if (file === undefined) throw new Error('no smtp-sink: apt-get install postfix, or npm run interop, which fetches it')
  const folder = mkdtempSync(join(tmpdir(), 'posthouse-sink-'))
  execFileSync('dpkg-deb', ['--extract', join(packageFolder, file), folder])
  const environment = { LD_LIBRARY_PATH: join(folder, 'usr/lib/postfix') }
  return { path: join(folder, 'usr/sbin/smtp-sink'), environment, folder }
}
