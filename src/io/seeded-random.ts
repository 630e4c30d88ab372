// Randomness that repeats: the same seed gives the same bytes. For tests and the simulator only, never for secrets.

import type { Random } from './random.ts'

/** @param seed an integer; its lower 32 bits count */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    bytes(count) {
      const bytes = new Uint8Array(count)
      for (let at = 0; at < count; at++) {
        // A 32-bit Weyl sequence, each step stirred by two rounds of multiply and shift.
        state = (state + 0x9e3779b9) >>> 0
        let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
        word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
        bytes[at] = (word ^ (word >>> 16)) & 0xff
      }
      return bytes
    },
  }
}
