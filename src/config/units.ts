// Sizes and times as people write them: `50 MB`, `1.5 GiB`, `15 min`. A bare number is bytes or milliseconds.

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

const durationUnits: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Bytes; undefined if it says no size. */
export function parseSize(text: string | number): number | undefined {
  return parse(text, sizeUnits)
}

/** Milliseconds; undefined if it says no time. */
export function parseDuration(text: string | number): number | undefined {
  return parse(text, durationUnits)
}

/** The shortest exact or rounded way to say it: `50 MB`, `1.2 GB`. */
export function printSize(bytes: number): string {
  const unit = (['TB', 'GB', 'MB', 'kB'] as const).find(one => bytes >= (sizeUnits[one.toLowerCase()] ?? 1))
  if (unit === undefined) return `${bytes} B`
  const count = bytes / (sizeUnits[unit.toLowerCase()] ?? 1)
  return `${Number(count.toFixed(1))} ${unit}`
}

function parse(text: string | number, units: Readonly<Record<string, number>>): number | undefined {
  const [, count, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(text)) ?? []
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()]
  if (factor === undefined) return undefined
  const value = Math.round(Number(count) * factor)
  return Number.isSafeInteger(value) ? value : undefined
}
