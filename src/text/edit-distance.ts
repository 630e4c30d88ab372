// How far two words are from each other: letters put in, left out, changed, or two neighbours swapped. For searches that forgive typing errors.

/** Whether no more than `most` edits lie between `a` and `b`. Takes `most` times the length of steps. */
export function isWithinEdits(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  const columns = b.length + 1
  let beforeLast = new Array<number>(columns).fill(most + 1)
  let last = Array.from({ length: columns }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const present = new Array<number>(columns).fill(most + 1)
    present[0] = row
    let least = row
    for (let column = Math.max(1, row - most); column <= Math.min(b.length, row + most); column += 1) {
      const cost = cheapest({ a, b, row, column, beforeLast, last, present })
      present[column] = cost
      least = Math.min(least, cost)
    }
    if (least > most) return false
    beforeLast = last
    last = present
  }
  return (last[b.length] ?? 0) <= most
}

interface Cell {
  readonly a: string
  readonly b: string
  readonly row: number
  readonly column: number
  readonly beforeLast: readonly number[]
  readonly last: readonly number[]
  readonly present: readonly number[]
}

function cheapest({ a, b, row, column, beforeLast, last, present }: Cell): number {
  const isSame = a[row - 1] === b[column - 1]
  const cost = Math.min(
    (last[column] ?? 0) + 1,
    (present[column - 1] ?? 0) + 1,
    (last[column - 1] ?? 0) + (isSame ? 0 : 1),
  )
  const areSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
  return areSwapped ? Math.min(cost, (beforeLast[column - 2] ?? 0) + 1) : cost
}
