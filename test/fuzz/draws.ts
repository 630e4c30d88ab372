// Choices that repeat: the same seed gives the same ones, so that what failed once can be made to fail again.

export class Draws {
  #state: number

  /** @param seed an integer; its lower 32 bits count */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** From 0 up to, not including, `limit`. */
  below(limit: number): number {
    // A 32-bit Weyl sequence, each step stirred by two rounds of multiply and shift.
    this.#state = (this.#state + 0x9e3779b9) | 0
    let word = Math.imul(this.#state ^ (this.#state >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return ((word ^ (word >>> 16)) >>> 0) % limit
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(list: readonly T[]): T {
    // below() stays within the list, which is not empty.
    return list[this.below(list.length)] as T
  }

  /** `count` octets, a character each. */
  octets(count: number): string {
    return Array.from({ length: count }, () => String.fromCharCode(this.below(256))).join('')
  }

  /** `text` in pieces of 1 to `longest` characters. */
  pieces(text: string, longest: number): readonly string[] {
    const pieces: string[] = []
    for (let at = 0; at < text.length; at += pieces.at(-1)?.length ?? 0)
      pieces.push(text.slice(at, at + 1 + this.below(longest)))
    return pieces
  }
}
