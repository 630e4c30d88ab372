// A DNS that knows what it was told, for tests.

import type { Dns } from './dns.ts'

export interface FixedAnswers {
  /** Names by address. */
  readonly reverse?: Readonly<Record<string, readonly string[]>>
}

export function fixedDns(answers: FixedAnswers = {}): Dns {
  return { reverse: async address => answers.reverse?.[address] ?? [] }
}
