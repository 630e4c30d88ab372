// A program that wants a terminal and someone who types: script(1) lends it one. What it draws tells when to type on; what it did is better looked for elsewhere.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

export class Terminal implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  #drawn = ''

  /** @param command for the shell */
  constructor(command: string, environment: Readonly<Record<string, string>>) {
    const words = [
      '--quiet',
      '--return',
      '--flush',
      '--command',
      `stty rows 40 cols 120; exec setpriv --pdeathsig KILL ${command}`,
      '/dev/null',
    ]
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', 'script', ...words], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, TERM: 'xterm', ...environment },
    })
    this.#child.stdin.on('error', () => {}) // it may end before it has read all
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#drawn = (this.#drawn + chunk.toString()).slice(-20_000)
    })
  }

  type(keys: string): void {
    this.#drawn = ''
    this.#child.stdin.write(keys)
  }

  /** Settles once it has drawn these words since what was typed last. Only what changes on the screen is drawn. */
  async draws(words: string): Promise<void> {
    await this.until(words, () => this.#drawn.includes(words))
  }

  /** Settles once `test` finds what it looks for. Rejects, with what was drawn last, when that takes too long or the program ends. */
  async until<T>(what: string, test: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
    for (let attempt = 0; attempt < 200 && !this.#hasEnded(); attempt += 1) {
      const found = await test()
      if (found !== undefined && found !== false) return found
      await new Promise(settle => setTimeout(settle, 100))
    }
    throw new Error(
      `not within 20 s, or before the program ended: ${what}\n${JSON.stringify(this.#drawn.slice(-3_000))}`,
    )
  }

  /** Settles when the program ended by itself. Rejects, with what was drawn last, when it doesn't, or with an exit code. */
  async ended(limitMs = 30_000): Promise<void> {
    if (!this.#hasEnded()) await once(this.#child, 'exit', { signal: AbortSignal.timeout(limitMs) }).catch(() => {})
    if (this.#child.exitCode === 0) return
    throw new Error(`ended with ${this.#child.exitCode}:\n${JSON.stringify(this.#drawn.slice(-3_000))}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded()) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL') // the program goes with it
    await exit
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}
