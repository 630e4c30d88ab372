// argon2id on the thread pool, a few at once: a storm of logins takes its turn, not all memory and not the threads that the disk needs.

import { argon2, timingSafeEqual } from 'node:crypto'
import type { Random } from '#io/random.ts'
import { limits } from './limits.ts'
import { type ArgonParameters, type PasswordHash, printPhc, readPhc } from './phc.ts'

/** OWASP's for argon2id: 19 MiB, two passes. */
export const currentParameters: ArgonParameters = { memoryKib: 19_456, passes: 2, parallelism: 1 }

export type Verified =
  | 'right'
  | /** The stored hash is of weaker parameters than today's. */ 'right-but-weak'
  | 'wrong'
  | 'busy'

export class PasswordHasher {
  readonly #random: Random
  readonly #parameters: ArgonParameters
  readonly #waiting: (() => void)[] = []
  #atWork = 0

  constructor(random: Random, parameters: ArgonParameters = currentParameters) {
    this.#random = random
    this.#parameters = parameters
  }

  /** A PHC string of a prepared password. */
  async hash(password: string): Promise<string> {
    const salt = this.#random.bytes(16)
    const hash = await this.#derive(password, { ...this.#parameters, salt, hash: new Uint8Array(32) })
    return printPhc({ ...this.#parameters, salt, hash })
  }

  /** `phc` undefined: no such account, which takes the same time. `busy`: too many wait already; nothing was looked at. */
  async verify(password: string, phc: string | undefined): Promise<Verified> {
    if (this.#waiting.length >= limits.hashesWaiting) return 'busy'
    const stored = phc === undefined ? this.#decoy() : readPhc(phc)
    if (stored === undefined) throw new Error('a stored password hash cannot be read')
    const hash = await this.#derive(password, stored)
    if (!timingSafeEqual(hash, stored.hash) || phc === undefined) return 'wrong'
    return this.#isWeak(stored) ? 'right-but-weak' : 'right'
  }

  #decoy(): PasswordHash {
    return { ...this.#parameters, salt: new Uint8Array(16), hash: new Uint8Array(32) }
  }

  #isWeak(stored: PasswordHash): boolean {
    return stored.memoryKib < this.#parameters.memoryKib || stored.passes < this.#parameters.passes
  }

  async #derive(password: string, { memoryKib, passes, parallelism, salt, hash }: PasswordHash): Promise<Uint8Array> {
    await this.#turn()
    try {
      return await deriveOnPool({
        message: password,
        nonce: salt,
        memory: memoryKib,
        passes,
        parallelism,
        tagLength: hash.length,
      })
    } finally {
      this.#handOver()
    }
  }

  #turn(): Promise<void> | undefined {
    if (this.#atWork >= limits.hashesAtOnce) return new Promise(resolve => this.#waiting.push(resolve))
    this.#atWork += 1
    return undefined
  }

  /** The place of a finished hash goes to the one that waits longest. */
  #handOver(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#atWork -= 1
    else next()
  }
}

function deriveOnPool(parameters: Parameters<typeof argon2>[1]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, derived) => (error ? reject(error) : resolve(derived)))
  })
}
