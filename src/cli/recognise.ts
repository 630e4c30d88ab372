// Finds in a pasted text (a reply, a bounce, a line of a log) what was said: reply code, enhanced code, and which of our refusals it is.

import { type RefusalName, refusals } from '#wire/smtp/refusals.ts'
import { basicCodeInWords } from '#wire/smtp/status-words.ts'

export interface Recognised {
  readonly code: number | undefined
  readonly enhanced: string | undefined
  /** The refusal of ours that the words are of. */
  readonly name: RefusalName | undefined
  /** There is more in it than codes. */
  readonly hasWords: boolean
  /** In one line. */
  readonly text: string
}

/** Undefined when there is nothing in it that this server knows of. */
export function recognise(pasted: string): Recognised | undefined {
  const text = oneLine(pasted)
  const named = nameIn(text)
  if (named !== undefined) return { ...codesOf(named), name: named, hasWords: true, text }
  const codes = codesIn(text)
  const name = refusalByWords(text, codes)
  if (name !== undefined) return { ...codesOf(name), name, hasWords: true, text }
  return codes.code === undefined && codes.enhanced === undefined
    ? undefined
    : { ...codes, name, hasWords: wordsIn(text).size > 1, text }
}

interface Codes {
  readonly code: number | undefined
  readonly enhanced: string | undefined
}

// Object.keys gives string[]; these are the table's own keys.
const names = Object.keys(refusals) as RefusalName[]

function codesOf(name: RefusalName): Codes {
  const { code, enhanced } = refusals[name]
  return { code, enhanced }
}

/** Lines of one reply each begin with its code, and mail programs quote with `>`: neither is part of the words. */
function oneLine(pasted: string): string {
  return pasted
    .split(/\r?\n/)
    .map((line, at) => (at === 0 ? line : line.replace(/^[\s>|]*(?:[245]\d\d[ -](?:[245]\.\d+\.\d+ )?)?/, '')))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A name of the table alone, or as our log has it. */
function nameIn(text: string): RefusalName | undefined {
  const written = /"reason":"([a-z-]+)"/.exec(text)?.[1] ?? text
  return names.find(name => name === written)
}

/** No address or number of a version: `5.7.1.2`, `1.5.7.1`. */
const enhancedPattern = String.raw`(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)`

/** Both together first; else what stands where a reply has it; else whatever there is. */
function codesIn(text: string): Codes {
  const pair = new RegExp(`(?<![\\d.])([245]\\d\\d)[ -]#?(${enhancedPattern})`).exec(text)
  if (pair !== null) return { code: Number(pair[1]), enhanced: pair[2] }
  const enhanced = new RegExp(`\\bStatus: ?(${enhancedPattern})`, 'i').exec(text)?.[1] ?? found(text, enhancedPattern)
  const places = [/^([2-5]\d\d)(?=$|[ -])/, /(?:said|says|response|reply|code|error|smtp;)[: ]+([2-5]\d\d)\b/i]
  const placed = places.map(place => place.exec(text)?.[1]).find(code => code !== undefined)
  const loose =
    enhanced === undefined
      ? found(text, String.raw`(?<![\d.:-])[45]\d\d(?=[ -])(?!\s*(?:octets|bytes|messages))`)
      : undefined
  const code = Number(placed ?? loose)
  return { code: basicCodeInWords(code) === undefined ? undefined : code, enhanced }
}

function found(text: string, pattern: string): string | undefined {
  return new RegExp(pattern).exec(text)?.[0]
}

/** What a text must share with a refusal's words to be counted as it: two words, and this part of the shorter one. */
const wordsShared = 0.7

function refusalByWords(text: string, { code, enhanced }: Codes): RefusalName | undefined {
  const given = wordsIn(text)
  const possible = names.filter(
    name =>
      (code === undefined || refusals[name].code === code) &&
      (enhanced === undefined || refusals[name].enhanced === enhanced),
  )
  const literal = possible.filter(name => hasWordsOf(text, refusals[name].what))
  const longest = literal.sort((a, b) => refusals[b].what.length - refusals[a].what.length)[0]
  if (longest !== undefined) return longest
  let best: { readonly name: RefusalName; readonly shared: number } | undefined
  for (const name of possible) {
    const own = wordsIn(refusals[name].what)
    const shared = [...own].filter(word => given.has(word)).length
    if (shared < 2 || shared / Math.min(own.size, given.size) < wordsShared) continue
    // Without a code only nearly the whole of our words is proof.
    if (code === undefined && enhanced === undefined && shared / own.size < wordsShared) continue
    if (best === undefined || shared > best.shared) best = { name, shared }
  }
  return best?.name
}

/** Whether all of a refusal's text stands there, whatever its values. */
function hasWordsOf(text: string, what: string): boolean {
  const said = text.toLowerCase()
  let at = 0
  for (const piece of what.toLowerCase().split(/\{\w+\}/)) {
    at = said.indexOf(piece, at)
    if (at < 0) return false
    at += piece.length
  }
  return true
}

/** Without codes, addresses, links and values, which say nothing of the reason. */
function wordsIn(text: string): ReadonlySet<string> {
  const plain = text
    .toLowerCase()
    .replace(/<[^<>]*>|\{\w+\}/g, ' ')
    .split(/\s+/)
    .filter(word => !/[@/]/.test(word))
  return new Set(plain.flatMap(word => word.match(/[a-z]{2,}/g) ?? []))
}
