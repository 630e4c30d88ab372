// LIST's patterns (RFC 3501 6.3.8): `*` is any text, `%` any text within one level. Never slower than pattern times name.

import { delimiter } from '#store/mailbox.ts'

/** A test of names for one pattern, made once for all names. */
export function namePattern(pattern: string): (name: string) => boolean {
  // `*%*%` says no more than `*`, and would be gone through for every name.
  const steps = pattern.replace(/[*%]{2,}/g, run => (run.includes('*') ? '*' : '%'))
  const literalLength = steps.replace(/[*%]/g, '').length
  return name => name.length >= literalLength && matches(steps, name)
}

function matches(steps: string, name: string): boolean {
  // reached[at]: the pattern so far can have used up the first `at` characters of the name.
  let reached = new Uint8Array(name.length + 1)
  let next = new Uint8Array(name.length + 1)
  reached[0] = 1
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index]
    next.fill(0)
    if (step === '*') next.fill(1, reached.indexOf(1))
    else if (step === '%') spreadWithinLevel(reached, next, name)
    else
      for (let at = reached.indexOf(1); at < name.length; at += 1)
        if (reached[at] === 1 && name[at] === step) next[at + 1] = 1
    if (!next.includes(1)) return false
    const spare = reached
    reached = next
    next = spare
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

function spreadWithinLevel(from: Uint8Array, to: Uint8Array, name: string): void {
  let open = false
  for (let at = 0; at <= name.length; at += 1) {
    if (at > 0 && name[at - 1] === delimiter) open = false
    open ||= from[at] === 1
    if (open) to[at] = 1
  }
}
