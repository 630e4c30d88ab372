// A terminal in memory, for tests: what is typed or piped in is given, what is printed is kept.

import type { Terminal } from './terminal.ts'

export interface FakeTerminal extends Terminal {
  /** Lines of stdout. */
  readonly printed: string[]
  /** Lines of stderr. */
  readonly said: string[]
}

export interface Typed {
  readonly folder: string
  /** Answers to questions, in turn; their being there makes the terminal an interactive one. */
  readonly answers?: readonly (string | undefined)[]
  /** What stdin has: a line, unless the command reads all of it. */
  readonly piped?: string
}

export function fakeTerminal({ folder, answers, piped = '' }: Typed): FakeTerminal {
  const printed: string[] = []
  const said: string[] = []
  const left = [...(answers ?? [])]
  const answer = async (prompt: string): Promise<string | undefined> => {
    said.push(prompt)
    return left.shift()
  }
  return {
    folder,
    program: 'posthouse',
    interactive: answers !== undefined,
    printed,
    said,
    out: line => void printed.push(...line.split('\n')),
    err: line => void said.push(...line.split('\n')),
    askSecret: answer,
    ask: async prompt => (await answer(prompt)) ?? '',
    readLine: async () => piped,
    readText: async () => piped,
    stopped: () => Promise.resolve(),
  }
}
