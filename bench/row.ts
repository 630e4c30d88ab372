// A row of the table: one promise.

import type { ServerUnderTest } from './servers/server.ts'

export interface RowOfBench {
  readonly name: string
  readonly title: string
  readonly unit: string
  /** Undefined: told for comparison alone. */
  readonly goal: number | undefined
  readonly better: 'more' | 'less'
  /** Whether Postfix and Dovecot can be measured in the same way. */
  readonly compared: boolean
  prepare?(server: ServerUnderTest): Promise<void>
  run(server: ServerUnderTest): Promise<number>
}
