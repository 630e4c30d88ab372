// Runs the steps of a test run as processes, in lanes side by side, and counts what passed: shared by `npm test` and `npm run interop`.

import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export interface Step {
  readonly name: string
  readonly command: readonly string[]
}

interface Outcome {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly output: string
  readonly seconds: number
}

/** A program that npm installed. */
export const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

/** A test that takes longer hangs: better told by its name than by silence. */
const hangsMs = 600_000

/** A step of Node's test runner over the files that the patterns name. Throws when there are none: a step that runs nothing would pass. */
export function testStep(name: string, flags: readonly string[], ...patterns: string[]): Step {
  const files = globSync(patterns, { cwd: root }).sort()
  if (files.length === 0) throw new Error(`${name}: no file matches ${patterns.join(' ')}`)
  return { name, command: [process.execPath, '--test', `--test-timeout=${hangsMs}`, ...flags, ...files] }
}

/** Runs the lanes side by side, the steps of a lane in turn; prints a failed step's whole output and a line for each. Sets the exit code. */
export async function runLanes(lanes: readonly (readonly Step[])[]): Promise<void> {
  const outcomes = (await Promise.all(lanes.map(runLane))).flat()
  const total = (key: 'passed' | 'failed'): number => outcomes.reduce((sum, outcome) => sum + outcome[key], 0)
  console.log(`${total('passed')} passed, ${total('failed')} failed`)
  process.exitCode = total('failed') > 0 ? 1 : 0
}

async function runLane(steps: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const step of steps) {
    const outcome = await runStep(step)
    outcomes.push(outcome)
    if (outcome.failed > 0) console.log(outcome.output)
    const counts = `${outcome.passed} passed, ${outcome.failed} failed`
    console.log(`${outcome.failed > 0 ? '✖' : '✔'} ${outcome.name}: ${counts} in ${outcome.seconds.toFixed(1)} s`)
  }
  return outcomes
}

async function runStep({ name, command: [program = '', ...words] }: Step): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(program, words, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number>(settle => {
    child.on('error', error => {
      chunks.push(Buffer.from(`${error.message}\n`))
      settle(127)
    })
    child.on('close', status => settle(status ?? 1))
  })
  const output = Buffer.concat(chunks).toString()
  return { name, ...countsOf(output, code), output, seconds: (performance.now() - started) / 1000 }
}

/** The counts that Node's test runner prints; a step without any is one test of its own. */
export function countsOf(output: string, code: number): { passed: number; failed: number } {
  const count = (word: string): number | undefined => {
    const found = [...output.matchAll(new RegExp(`^[ℹ#] ${word} (\\d+)$`, 'gm'))].at(-1)
    return found === undefined ? undefined : Number(found[1])
  }
  const passed = count('pass')
  if (passed === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  const failed = (count('fail') ?? 0) + (count('cancelled') ?? 0)
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}
