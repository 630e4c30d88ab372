// LIST's patterns (RFC 3501 6.3.8): `*` is any text, `%` any text within one level. Never slower than pattern times name.

import { delimiter } from '#store/mailbox.ts'

/** Whether `name` is what `pattern` describes. */
export function matchesPattern(pattern: string, name: string): boolean {
  // reached[at]: the pattern so far can have used up the first `at` characters of the name.
  let reached = new Uint8Array(name.length + 1)
  reached[0] = 1
  for (let step = 0; step < pattern.length; step += 1) {
    const character = pattern.charAt(step)
    const next = new Uint8Array(name.length + 1)
    if (character === '*' || character === '%') spread(reached, next, name, character === '%')
    else for (let at = 0; at < name.length; at += 1) if (reached[at] === 1 && name[at] === character) next[at + 1] = 1
    if (!next.includes(1)) return false
    reached = next
  }
  return reached[name.length] === 1
}

/** Every name above `names` that is not among them itself: parents that nobody made. */
export function missingParents(names: Iterable<string>): ReadonlySet<string> {
  const known = new Set(names)
  const missing = new Set<string>()
  for (const name of known) for (const parent of parentsOf(name)) if (!known.has(parent)) missing.add(parent)
  return missing
}

/** `a` and `a/b` of `a/b/c`. */
export function* parentsOf(name: string): Generator<string> {
  for (let at = name.indexOf(delimiter); at !== -1; at = name.indexOf(delimiter, at + 1)) yield name.slice(0, at)
}

function spread(from: Uint8Array, to: Uint8Array, name: string, withinLevel: boolean): void {
  let open = false
  for (let at = 0; at <= name.length; at += 1) {
    if (withinLevel && at > 0 && name[at - 1] === delimiter) open = false
    open ||= from[at] === 1
    if (open) to[at] = 1
  }
}
