// Real clients as processes: run one to its end, with a limit on its time.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Finished {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface ProgramOptions {
  readonly input?: string | Uint8Array
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Exit codes that are fine. Default: 0. */
  readonly codes?: readonly number[]
  readonly limitMs?: number
}

/** Runs a program to its end. Rejects, with what it printed, when it ends otherwise than with one of `codes`, or takes too long. */
export async function run(program: string, words: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  const { codes = [0], limitMs = 60_000 } = options
  const child = spawn(program, words, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const [out, error]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk))
  child.stdin.on('error', () => {}) // a program may end without reading all of its input
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((settle, reject) => {
    child.on('error', reject)
    child.on('close', settle)
  })
  const finished = { code, stdout: Buffer.concat(out), stderr: Buffer.concat(error).toString() }
  if (code === null || !codes.includes(code)) {
    throw new Error(
      `${program} ${words.join(' ')}\nended with ${code}:\n${finished.stderr}\n${finished.stdout.toString().slice(-2_000)}`,
    )
  }
  return finished
}

/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))
}

/** A folder for a client's files, removed when disposed of. */
export class ClientFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'posthouse-client-'))

  /** Writes a file readable by its owner alone, as clients ask of their configuration; gives its path. */
  write(name: string, text: string): string {
    const path = join(this.path, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
