// Statements with a list in them: `... IN (?, ?, ?)`. Lists are padded to a power of two with their last value, so that a few texts serve all lengths and stay prepared.

import type { Sql, SqlValue, Tx } from './database.ts'
import { limits } from './limits.ts'

export type ListStatement = (fixed: readonly SqlValue[], list: readonly SqlValue[]) => Sql

/**
 * A statement whose last placeholder is a list of 1 to `limits.listValues` values; `after` may not hold values.
 * listOf`SELECT uid FROM entry WHERE account_id = ${0} AND uid IN (${0})` gives a function of the values before and of the list.
 */
export function listOf(strings: TemplateStringsArray, ..._places: 0[]): ListStatement {
  const before = strings.slice(0, -1)
  const after = strings.at(-1) ?? ''
  const bySize = new Map<number, readonly string[]>()
  return (fixed, list) => {
    const size = roundedUp(list.length)
    let texts = bySize.get(size)
    if (texts === undefined) {
      texts = [...before, ...new Array<string>(size - 1).fill(', '), after]
      bySize.set(size, texts)
    }
    const last = list[list.length - 1] ?? null
    const padding = new Array<SqlValue>(size - list.length).fill(last)
    return { strings: texts, values: [...fixed, ...list, ...padding] }
  }
}

/** Cuts a list into lists that fit one statement. */
export function* slices<T>(list: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < list.length; at += limits.listValues) yield list.slice(at, at + limits.listValues)
}

/** As `slices`, for a list of any length: the event loop has its turn between some of them. */
export async function* slicesInTurns<T>(tx: Tx, list: readonly T[]): AsyncGenerator<readonly T[]> {
  let rows = 0
  for (const slice of slices(list)) {
    if (rows >= limits.rowsPerTurn) {
      await tx.turn()
      rows = 0
    }
    rows += slice.length
    yield slice
  }
}

function roundedUp(length: number): number {
  if (length < 1 || length > limits.listValues) throw new RangeError(`a list of ${length} values in a statement`)
  return 2 ** Math.ceil(Math.log2(length))
}
