// What a verb leaves behind inside its transaction: its answer, and the changes that the feed carries once they are durable.

import type { Change } from './change.ts'

export interface Changed<T> {
  readonly result: T
  readonly changes: readonly Change[]
}

/** An answer that changed nothing. */
export function unchanged<T>(result: T): Changed<T> {
  return { result, changes: [] }
}
