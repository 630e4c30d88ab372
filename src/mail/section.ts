// Which part a section number names (RFC 3501 6.4.5, RFC 9051 6.4.5.1): `1.2` of BODY[1.2].

import type { Part } from './part.ts'

/**
 * The part at `path`, numbers from 1; the message itself for an empty path; undefined if there is none.
 * Numbering starts again inside a message part; part 1 of what is no multipart is that itself.
 */
export function findPart(root: Part, path: readonly number[]): Part | undefined {
  let container: Part | undefined = root
  let part: Part | undefined = root
  for (const number of path) {
    if (container === undefined) return undefined
    part = partIn(container, number)
    container = part === undefined ? undefined : insideOf(part)
  }
  return part
}

function partIn(container: Part, number: number): Part | undefined {
  if (container.fields.type === 'multipart') return container.children[number - 1]
  return number === 1 ? container : undefined
}

/** What the next number counts in. */
function insideOf(part: Part): Part | undefined {
  if (part.fields.type === 'multipart') return part
  return part.fields.type === 'message' ? part.children[0] : undefined
}
