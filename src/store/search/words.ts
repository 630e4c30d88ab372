// Folded text as words, and what is looked for as patterns over them. Words are runs of letters and digits. Scripts that are written
// without spaces (and symbols) are kept as pairs of neighbouring characters. Both sides cut text at the same places, so that whatever a text
// holds its words hold: a pattern that no word matches is in no text.

import { limits } from './limits.ts'

/** Stands around every word in a list of words: an octet that is in no UTF-8. */
export const separator = 0xff

// Unicode's classes decide what a stored word is: the index is made anew when they change (search-index.ts, indexVersion).
const dense =
  '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Yiii}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}\\p{S}]'
const space = '[\\p{Z}\\p{P}\\p{C}\\x00-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]'
const runExpression = new RegExp(`([${dense}--${space}]+)|([^${dense}${space}]+)`, 'gv')

interface Run {
  readonly dense: boolean
  readonly text: string
  readonly start: number
}

/** Adds the different words of `folded`. False when there are too many: then some are missing. */
export function collectWords(folded: string, into: Set<string>): boolean {
  if (!/[^\x00-\x7f]/.test(folded)) {
    for (const run of folded.match(/[a-z0-9]+/g) ?? []) addRun(run, into)
    return into.size <= limits.wordsPerMessage
  }
  for (const { dense, text } of runsOf(folded)) {
    if (dense) for (const pair of pairsOf(text)) into.add(pair)
    else addRun(text, into)
  }
  return into.size <= limits.wordsPerMessage
}

function addRun(run: string, into: Set<string>): void {
  if (run.length <= limits.wordCharacters) into.add(run)
  else for (const piece of piecesOf(run)) into.add(piece)
}

/** The last piece is longer than a step, so that the run's end lies in it whole. */
function* piecesOf(run: string): Iterable<string> {
  let start = 0
  for (; start + limits.wordCharacters < run.length; start += limits.wordStep) {
    yield run.slice(start, start + limits.wordCharacters)
  }
  yield run.slice(start)
}

function pairsOf(run: string): readonly string[] {
  const characters = Array.from(run)
  if (characters.length < 2) return characters
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

function* runsOf(text: string): Iterable<Run> {
  for (const match of text.matchAll(runExpression)) {
    yield { dense: match[1] !== undefined, text: match[0], start: match.index }
  }
}

/** Octets to look for in a list of words: whole words, beginnings and ends carry the separator. */
export interface Pattern {
  readonly bytes: Buffer
  /** Where a whole word is; undefined: anywhere. */
  readonly bucket: number | undefined
}

export interface Plan {
  /** A text that holds what is looked for has a word for each of them. Empty: words tell nothing. */
  readonly patterns: readonly Pattern[]
  /** The other way round, too: a text with such a word holds it. */
  readonly exact: boolean
}

/** What to look for in the words of texts, in place of `folded` in the texts. */
export function planOf(folded: string): Plan {
  const runs = Array.from(runsOf(folded))
  const only = runs.length === 1 && runs[0]?.text === folded ? runs[0] : undefined
  const patterns = runs.flatMap(run => patternsOf(run, folded.length))
  return {
    // Those that say most: whole words lie in one bucket, long ones are rare.
    patterns: patterns
      .toSorted(
        (a, b) => Number(b.bucket !== undefined) - Number(a.bucket !== undefined) || b.bytes.length - a.bytes.length,
      )
      .slice(0, limits.patterns),
    exact: only !== undefined && (only.dense ? Array.from(folded).length <= 2 : folded.length <= limits.wordStep),
  }
}

function patternsOf(run: Run, length: number): Pattern[] {
  if (run.dense) {
    const pairs = pairsOf(run.text)
    // A single character may be in any pair; a pair is a word of its own.
    return pairs.map(pair => (Array.from(run.text).length < 2 ? pattern('', pair, '') : pattern(edge, pair, edge)))
  }
  // At the ends of what is looked for a run may be a part of the text's; inside it ends where the text's does.
  const before = run.start === 0 ? '' : edge
  const after = run.start + run.text.length === length ? '' : edge
  const { text } = run
  if (text.length <= limits.wordStep || (before !== '' && after !== '' && text.length <= limits.wordCharacters))
    return [pattern(before, text, after)]
  const chunks: Pattern[] = []
  for (let start = 0; start < text.length - limits.wordStep; start += limits.wordStep) {
    chunks.push(pattern(start === 0 ? before : '', trimmed(text.slice(start, start + limits.wordStep)), ''))
  }
  chunks.push(pattern('', trimmed(text.slice(-limits.wordStep)), after))
  return chunks
}

const edge = 'edge'

function pattern(before: '' | typeof edge, text: string, after: '' | typeof edge): Pattern {
  const mark = Buffer.of(separator)
  const bytes = Buffer.concat([
    ...(before === '' ? [] : [mark]),
    Buffer.from(text, 'utf8'),
    ...(after === '' ? [] : [mark]),
  ])
  return { bytes, bucket: before === '' || after === '' ? undefined : bucketOf(text) }
}

/** Without the halves of characters that a cut left at its ends. */
function trimmed(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
}

/** Where a word is kept. */
export function bucketOf(word: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  return ((hash ^ (hash >>> 15)) >>> 0) % limits.buckets
}
