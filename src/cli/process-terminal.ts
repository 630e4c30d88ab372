// The terminal of this process: its standard streams and signals.

import { createInterface } from 'node:readline/promises'
import { CommandError, exitCode } from './exit.ts'
import { limits } from './limits.ts'
import type { Terminal } from './terminal.ts'

export function processTerminal(): Terminal {
  const stop = Promise.withResolvers<void>()
  let hasServer = false
  process.stdout.on('error', error => {
    if (!('code' in error && error.code === 'EPIPE')) throw error
    // `posthouse account list | head`: the reader has seen enough. A server comes to its end as when it is told to.
    if (hasServer) stop.resolve()
    else process.exit(0)
  })
  return {
    folder: process.cwd(),
    program: programOf(process.env),
    interactive: process.stdin.isTTY === true,
    out: line => void process.stdout.write(`${line}\n`),
    err: line => void process.stderr.write(`${line}\n`),
    askSecret,
    ask,
    readLine,
    readText,
    stopped: () => {
      hasServer = true
      return Promise.race([stop.promise, signalled()]).then(endInAnyCase)
    },
  }
}

/** In a checkout npm runs it, and no shell knows it by its name. */
export function programOf(environment: NodeJS.ProcessEnv): string {
  const isOurScript = environment['npm_package_name'] === 'posthouse' && environment['npm_lifecycle_event'] !== 'npx'
  return isOurScript ? 'npm run -s posthouse --' : 'posthouse'
}

/** What `stopInTime` cut off, such as a connection to a host that says nothing, keeps the process no longer. */
function endInAnyCase(): void {
  setTimeout(() => process.exit(), limits.endMs).unref()
}

async function ask(prompt: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(prompt)
  } catch (error) {
    // Ctrl-C or Ctrl-D: no answer.
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
    process.stderr.write('\n')
    return ''
  } finally {
    lines.close()
  }
}

/** In raw mode nothing is echoed, and the keys that edit a line are ours to heed. */
function askSecret(prompt: string): Promise<string | undefined> {
  const { stdin, stderr } = process
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stderr.write(prompt)
  stdin.resume()
  return new Promise(resolve => {
    let typed: readonly string[] = []
    const onKeys = (keys: string): void => {
      for (const key of keys) {
        const isLast = key === '\r' || key === '\n'
        if (isLast || key === interrupt || key === endOfInput) {
          end(isLast ? typed.join('') : undefined)
          break
        }
        typed = edited(typed, key)
      }
    }
    const end = (secret: string | undefined): void => {
      stdin.off('data', onKeys)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      resolve(secret)
    }
    stdin.on('data', onKeys)
  })
}

const interrupt = '\x03'
const endOfInput = '\x04'
const eraseLine = '\x15'

function edited(typed: readonly string[], key: string): readonly string[] {
  if (key === '\x7f' || key === '\b') return typed.slice(0, -1)
  if (key === eraseLine) return []
  return typed.length < limits.lineBytes ? [...typed, key] : typed
}

async function readLine(): Promise<string> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of process.stdin) {
    bytes = Buffer.concat([bytes, Buffer.from(chunk)])
    if (bytes.includes(lineFeed) || bytes.length > limits.lineBytes) break
  }
  const end = bytes.indexOf(lineFeed)
  return decoded(end < 0 ? bytes : bytes.subarray(0, end)).replace(/\r$/, '')
}

const lineFeed = 10

async function readText(): Promise<string> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of process.stdin) {
    bytes = Buffer.concat([bytes, Buffer.from(chunk)])
    if (bytes.length >= limits.textBytes) break
  }
  return bytes.toString('utf8', 0, limits.textBytes)
}

/** A password with wrong bytes made into something else could never be typed again. */
function decoded(line: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line)
  } catch {
    throw new CommandError(exitCode.badData, 'what was piped in is not UTF-8', 'pipe it through: iconv -t UTF-8')
  }
}

/** A second signal within a second is the first one again: a terminal's Ctrl-C reaches npm and us, and npm passes it on. */
const sameSignalMs = 1_000

function signalled(): Promise<void> {
  return new Promise(resolve => {
    let firstMs: number | undefined
    const onSignal = (): void => {
      if (firstMs === undefined) {
        firstMs = performance.now()
        resolve()
      } else if (performance.now() - firstMs > sameSignalMs) process.exit(1)
    }
    // SIGHUP: the terminal was closed.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}
