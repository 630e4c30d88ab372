// `npm test`: types, format and lint, then every test that needs nothing but npm's packages. Two lanes side by side, as the crash runs mostly wait.
// Ends with `N passed, N failed`, and prints a failed step's whole output.

import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

interface Step {
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

const tests = (...patterns: string[]): string[] => globSync(patterns, { cwd: root }).sort()
const node = process.execPath
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

const lanes: readonly (readonly Step[])[] = [
  [
    { name: 'types', command: [bin('tsc'), '--noEmit'] },
    { name: 'format and lint', command: [bin('biome'), 'ci', '.'] },
    {
      name: 'unit, contract and transcript tests',
      command: [
        node,
        '--test',
        '--test-isolation=none',
        ...tests('src/**/*.test.ts', 'tools/*.test.ts', 'test/{support,transcripts}/**/*.test.ts'),
      ],
    },
    { name: 'server tests', command: [node, '--test', '--test-concurrency=2', ...tests('test/server/**/*.test.ts')] },
  ],
  [{ name: 'crash runs', command: [node, '--test', ...tests('test/crash/**/*.test.ts')] }],
]

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
  const { passed, failed } = countsOf(output, code)
  return { name, passed, failed, output, seconds: (performance.now() - started) / 1000 }
}

/** The counts that Node's test runner prints; a step without any is one test of its own. */
function countsOf(output: string, code: number): { passed: number; failed: number } {
  const count = (word: string): number | undefined => {
    const found = [...output.matchAll(new RegExp(`^[ℹ#] ${word} (\\d+)$`, 'gm'))].at(-1)
    return found === undefined ? undefined : Number(found[1])
  }
  const passed = count('pass')
  if (passed === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  const failed = (count('fail') ?? 0) + (count('cancelled') ?? 0)
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}

async function runLane(steps: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const step of steps) {
    const outcome = await runStep(step)
    outcomes.push(outcome)
    if (outcome.failed > 0) console.log(outcome.output)
    console.log(
      `${outcome.failed > 0 ? '✖' : '✔'} ${outcome.name}: ${outcome.passed} passed, ${outcome.failed} failed (${outcome.seconds.toFixed(1)} s)`,
    )
  }
  return outcomes
}

const outcomes = (await Promise.all(lanes.map(runLane))).flat()
const total = (key: 'passed' | 'failed'): number => outcomes.reduce((sum, outcome) => sum + outcome[key], 0)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') > 0 ? 1 : 0
