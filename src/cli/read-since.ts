// A time in the past as an argument: a day, a minute as lists print it, or how long ago.

import { parseDuration } from '#config/units.ts'
import { CommandError, exitCode } from './exit.ts'

/** Milliseconds since 1970, UTC. */
export function readSince(text: string, now: number): number {
  const ago = /[a-z]$/i.test(text) ? parseDuration(text) : undefined
  if (ago !== undefined) return Math.max(0, now - ago)
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)Z)?$/.exec(text) ?? []
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${minute ?? '00:00'}Z`)
  // Date.parse rolls the 31st of a short month over.
  if (ms >= 0 && new Date(ms).toISOString().startsWith(day ?? '')) return ms
  throw new CommandError(
    exitCode.badData,
    `"${text}" is no time`,
    'write it like 2026-11-23, "2026-11-23 06:55Z" (UTC), or how long ago: "2 h", 3d',
  )
}
