// Lists come in pages, each asked for by the last name of the one before: no list is as long as an installation is large.

import { limits } from './limits.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** What to give as `after` for the next page; undefined at the end. */
  readonly next: string | undefined
}

/** `rows` were asked for with one more than a page holds. `keyOf` names a row as `after` would. */
export function pageOf<R, T>(rows: readonly R[], keyOf: (row: R) => string, read: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limits.pageItems)
  const last = shown.at(-1)
  const next = rows.length > shown.length && last !== undefined ? keyOf(last) : undefined
  return { items: shown.map(read), next }
}

/** `after` as the pair it sorts by; the start of all if undefined. */
export function startOf(after: string | undefined): { readonly domain: string; readonly local: string } {
  if (after === undefined) return { domain: '', local: '' }
  const at = after.lastIndexOf('@')
  return { domain: after.slice(at + 1), local: after.slice(0, Math.max(at, 0)) }
}
