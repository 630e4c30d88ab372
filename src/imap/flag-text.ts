// Flags as FETCH prints them. A mailbox holds few combinations, so each is printed once for the whole process.

import { keywordsOf } from '#store/keywords.ts'
import { printFlags } from '#wire/imap/flags.ts'
import { flagTextsKept } from './limits.ts'

const recentBit = 32 // above the five system flags
const bits = 64

/** One for all sessions of a process. */
export class FlagTexts {
  readonly #texts = new Map<number, string>()

  /** `\Seen $Forwarded`. `keywords` is a Snapshot's index, see store/keywords.ts. */
  of(flags: number, keywords: number, recent: boolean): string {
    const key = keywords * bits + flags + (recent ? recentBit : 0)
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = printFlags(flags, keywordsOf(keywords), recent)
    if (this.#texts.size >= flagTextsKept) this.#texts.clear()
    this.#texts.set(key, text)
    return text
  }
}
