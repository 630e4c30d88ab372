// Sorting that can be interrupted: a generator that yields every few thousand comparisons, so that its caller may let others have a turn.

/** Items that one turn sorts by the platform's own sort: well under a millisecond. */
const runLength = 1_024
/** Items merged between two turns. */
const mergedPerTurn = 8_192

/** `items` sorted by `compare`, equal ones in their old order. The array itself is left alone. */
export function* mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<undefined, T[]> {
  let sorted = new Array<T>(0)
  for (let at = 0; at < items.length; at += runLength) {
    for (const item of items.slice(at, at + runLength).sort(compare)) sorted.push(item)
    yield
  }
  let spare = sorted.slice()
  for (let width = runLength; width < sorted.length; width *= 2) {
    for (let at = 0; at < sorted.length; at += 2 * width) yield* merge({ from: sorted, to: spare, at, width }, compare)
    const filled = spare
    spare = sorted
    sorted = filled
  }
  return sorted
}

/** The result of a generator, all at once. */
export function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

interface Runs<T> {
  readonly from: readonly T[]
  readonly to: T[]
  /** Where the first of two neighbouring runs begins, and how long each is. */
  readonly at: number
  readonly width: number
}

function* merge<T>({ from, to, at, width }: Runs<T>, compare: (a: T, b: T) => number): Generator<undefined, void> {
  const middle = Math.min(at + width, from.length)
  const end = Math.min(at + 2 * width, from.length)
  let left = at
  let right = middle
  for (let place = at; place < end; place += 1) {
    const takesLeft = left < middle && (right >= end || compare(from[left] as T, from[right] as T) <= 0) // both are below `end`
    to[place] = from[takesLeft ? left++ : right++] as T
    if ((place & (mergedPerTurn - 1)) === 0) yield
  }
}
