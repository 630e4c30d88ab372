// Runs a fuzzer as a test: some rounds from a fixed seed. For longer, or again where one failed:
// `POSTHOUSE_FUZZ_ROUNDS=1000000 POSTHOUSE_FUZZ_SEED=1 node --test test/fuzz/smtp-grammar.test.ts`. Each round has the seed after the one before.

import { test } from 'node:test'
import { Draws } from './draws.ts'
import { environmentNumber } from './environment-number.ts'

const givenSeed = environmentNumber('POSTHOUSE_FUZZ_SEED')
const givenRounds = environmentNumber('POSTHOUSE_FUZZ_ROUNDS')

export interface Fuzzer {
  readonly rounds: number
  readonly round: (draws: Draws, seed: number) => void | Promise<void>
  /** After the rounds of a run by default: what they must have come by. */
  readonly after?: () => void
}

export function fuzz(name: string, { rounds, round, after }: Fuzzer): void {
  test(name, async () => {
    const [first, count] = [givenSeed ?? 1, givenRounds ?? rounds]
    for (let seed = first; seed < first + count; seed += 1) await oneRound(round, seed)
    if (givenSeed === undefined && givenRounds === undefined) after?.()
  })
}

async function oneRound(round: Fuzzer['round'], seed: number): Promise<void> {
  try {
    await round(new Draws(seed), seed)
  } catch (error) {
    throw new Error(`failed: again with POSTHOUSE_FUZZ_SEED=${seed} POSTHOUSE_FUZZ_ROUNDS=1`, { cause: error })
  }
}
