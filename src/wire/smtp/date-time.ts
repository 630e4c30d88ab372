// The date-time of RFC 3339 5.6, as HOLDUNTIL has it.

import { dateTimeCharacters } from './limits.ts'

/** In ms since 1970; undefined if it names no moment. A leap second is the second after it. */
export function readDateTime(text: string): number | undefined {
  const parts = text.length > dateTimeCharacters ? undefined : form.exec(text)?.groups
  if (parts === undefined) return undefined
  const number = (name: string) => Number(parts[name] ?? 0)
  const [year, month, day] = [number('year'), number('month') - 1, number('day')]
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month, day) // Date.UTC takes the years below 100 for 1900 and on
  // What is no day of that month is one of another.
  if (midnight.getUTCMonth() !== month) return undefined
  const [hour, minute, second] = [number('hour'), number('minute'), number('second')]
  const [zoneHour, zoneMinute] = [number('zoneHour'), number('zoneMinute')]
  if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) return undefined
  const zoneMinutes = (parts['sign'] === '-' ? -1 : 1) * (zoneHour * 60 + zoneMinute)
  const seconds = (hour * 60 + minute - zoneMinutes) * 60 + second
  return midnight.getTime() + seconds * 1000 + Math.floor(Number(`0${parts['fraction'] ?? ''}`) * 1000)
}

const form =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?<fraction>\.\d+)?(?:Z|(?<sign>[+-])(?<zoneHour>\d\d):(?<zoneMinute>\d\d))$/i
