// The randomness door. `systemRandom` is the system's generator; tests pass a seeded one.

import { randomBytes } from 'node:crypto'

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array
}

export const systemRandom: Random = { bytes: count => randomBytes(count) }
