// FUZZY (RFC 6203): a text key that forgives typing errors and the order of words. How well a message matches is its relevancy, 1 to 100.

import { fuzzyTextChars, fuzzyWordChars, fuzzyWordsMax } from '#imap/limits.ts'
import { isWithinEdits } from '#text/edit-distance.ts'
import { foldCase } from '#text/fold-case.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import type { SearchedMessage } from './searched-message.ts'

type TextKey = Extract<SearchKey, { readonly text: string }>

/** The message's relevancy goes to `message.relevancies` when it matches. */
export function fuzzyTest(key: TextKey): (place: number, message: SearchedMessage) => Promise<boolean> {
  const wanted = foldCase(key.text)
  const words = [...new Set(wordsOf(wanted))].slice(0, fuzzyWordsMax)
  return async (_place, message) => {
    const best = new Best(wanted, words)
    for await (const text of textsOf(key, message)) {
      await best.see(text, () => message.breathe())
      if (best.isPerfect) break
    }
    if (best.relevancy > 0) message.relevancies.push(best.relevancy)
    return best.relevancy > 0
  }
}

async function* textsOf(key: TextKey, message: SearchedMessage): AsyncGenerator<string> {
  if (key.key === 'header') yield* await message.fieldTexts(key.name)
  if (key.key === 'text') {
    yield await message.headerText()
    yield* message.partHeaderTexts()
  }
  if (key.key !== 'header') yield* message.bodyTexts()
}

/** What was found of the words so far: each may stand in another text of the message. */
class Best {
  readonly #wanted: string
  /** By word how well it was found; 0: not yet. */
  readonly #found: Map<string, number>
  isPerfect = false

  constructor(wanted: string, words: readonly string[]) {
    this.#wanted = wanted
    this.#found = new Map(words.map(word => [word, 0]))
  }

  /** @param breathe awaited between two words: each is compared with all that the text has */
  async see(text: string, breathe: () => Promise<void>): Promise<void> {
    if (text.includes(this.#wanted)) this.isPerfect = true
    if (this.isPerfect) return
    const present = new Set(wordsOf(text.slice(0, fuzzyTextChars)))
    for (const [word, found] of this.#found) {
      if (found === asItStands) continue
      await breathe()
      this.#found.set(word, Math.max(found, quality(word, present, text)))
    }
  }

  /** 0: some word is nowhere. */
  get relevancy(): number {
    if (this.isPerfect) return 100
    const all = [...this.#found.values()]
    if (all.length === 0 || all.includes(0)) return 0
    return Math.round(all.reduce((sum, one) => sum + one, 0) / all.length)
  }
}

// What one word is worth (RFC 6203 4 wants the whole range used): 100 is the text as it was asked for.
const asItStands = 90
const withinAnother = 60
const nearlyRight = 50

/** 0: it is nowhere. With errors it is worth less the more of its letters are wrong; a quarter of them, the most that is forgiven, leaves 1. */
function quality(word: string, present: ReadonlySet<string>, text: string): number {
  if (present.has(word)) return asItStands
  if (text.includes(word)) return withinAnother
  // What is so long is no word, and two of them are compared by the square of it.
  if (word.length > fuzzyWordChars) return 0
  const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0
  for (let edits = 1; edits <= most; edits += 1) {
    for (const other of present)
      if (isWithinEdits(word, other, edits)) return Math.max(1, nearlyRight * (1 - (4 * edits) / word.length))
  }
  return 0
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}
