// In an mbox a line of text that begins with `From ` is kept from ending its message by a `>` before it. One `>` goes.

const quoted = Buffer.from('>From ')
const lineFeed = 10
const mark = 62

export async function* unquoted(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  /** The beginning of a line that might become a quoted one. */
  let held: Buffer = Buffer.alloc(0)
  let isAtLineStart = true
  for await (const piece of pieces) {
    const octets = held.length === 0 ? piece : Buffer.concat([held, piece])
    const end: number = octets.length - heldLength(octets, isAtLineStart)
    held = Buffer.from(octets.subarray(end))
    if (end === 0) continue
    yield* withoutMarks(octets.subarray(0, end), isAtLineStart)
    isAtLineStart = octets[end - 1] === lineFeed
  }
  if (held.length > 0) yield* withoutMarks(held, isAtLineStart)
}

/** Octets at the end that are all `>`, or `>` and a part of `From `, behind a line end. */
function heldLength(octets: Buffer, isAtLineStart: boolean): number {
  const lastLine = octets.lastIndexOf(lineFeed) + 1
  if (lastLine === 0 && !isAtLineStart) return 0
  // A line of that many marks is no quoted one.
  if (octets.length - lastLine > 1_000) return 0
  return /^>+(?:F(?:r(?:o(?:m)?)?)?)?$/.test(octets.toString('latin1', lastLine)) ? octets.length - lastLine : 0
}

function* withoutMarks(octets: Buffer, isAtLineStart: boolean): Generator<Buffer> {
  let from = 0
  for (let at = octets.indexOf(quoted); at >= 0; at = octets.indexOf(quoted, at + 1)) {
    let start = at
    while (start > 0 && octets[start - 1] === mark) start -= 1
    if (start === 0 ? !isAtLineStart : octets[start - 1] !== lineFeed) continue
    yield octets.subarray(from, start)
    from = start + 1
  }
  yield octets.subarray(from)
}
