// IMAP's two date forms (RFC 3501 9): `date` of SEARCH, a day without its zone, and `date-time` of INTERNALDATE and APPEND.

import type { Cursor } from '#text/cursor.ts'

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const minuteMs = 60_000

/** `1-Feb-2026`, in quotes or not, as its midnight UTC in milliseconds. Throws ParseError. */
export function date(cursor: Cursor): number {
  const isQuoted = cursor.take('"')
  const start = cursor.at
  const found = /(\d{1,2})-([A-Za-z]{3})-(\d{4})/y.exec(sliceAt(cursor, 11))
  if (found === null) return cursor.fail('expected a date like 1-Feb-2026')
  cursor.at += found[0].length
  if (isQuoted) cursor.expect('"')
  return midnight(found) ?? failAt(cursor, start, 'there is no such day')
}

/** `"17-Jul-2026 02:44:25 -0700"`, the day with a space or a 0 before it or alone, in milliseconds since 1970. Throws ParseError. */
export function dateTime(cursor: Cursor): number {
  const start = cursor.at
  const form = /" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"/y
  const found = form.exec(sliceAt(cursor, 30))
  if (found === null) return cursor.fail('expected a date like "17-Jul-2026 02:44:25 -0700"')
  cursor.at += found[0].length
  const day = midnight(found)
  const [hours, minutes, seconds, zoneHours, zoneMinutes] = [4, 5, 6, 8, 9].map(group => Number(found[group]))
  if (day === undefined || hours === undefined || minutes === undefined || seconds === undefined) return noSuchTime()
  if (zoneHours === undefined || zoneMinutes === undefined) return noSuchTime()
  // 60 is a leap second.
  if (hours > 23 || minutes > 59 || seconds > 60 || zoneHours > 23 || zoneMinutes > 59) return noSuchTime()
  const zone = (zoneHours * 60 + zoneMinutes) * (found[7] === '-' ? -1 : 1)
  return day + (hours * 60 + minutes - zone) * minuteMs + seconds * 1000

  function noSuchTime(): never {
    return failAt(cursor, start, 'there is no such time')
  }
}

/** `date-time` in UTC with its quotes: `" 7-Jul-2026 02:44:25 +0000"`. */
export function printInternalDate(ms: number): string {
  const time = new Date(ms)
  const day = String(time.getUTCDate()).padStart(2, ' ')
  const year = String(time.getUTCFullYear()).padStart(4, '0')
  return `"${day}-${monthNames[time.getUTCMonth()]}-${year} ${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}:${twoDigits(time.getUTCSeconds())} +0000"`
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

/** Groups 1 to 3 are day, month's name, year. */
function midnight(found: RegExpExecArray): number | undefined {
  const [day, month, year] = [Number(found[1]), months.indexOf((found[2] ?? '').toUpperCase()), Number(found[3])]
  if (month === -1) return undefined
  const time = new Date(0)
  // Not Date.UTC: it takes the years 0 to 99 for 1900 and on.
  time.setUTCFullYear(year, month, day)
  // A day that the month does not have lands in another one.
  return time.getUTCMonth() === month ? time.getTime() : undefined
}

function sliceAt(cursor: Cursor, length: number): string {
  return cursor.text.slice(cursor.at, cursor.at + length)
}

function failAt(cursor: Cursor, at: number, message: string): never {
  cursor.at = at
  return cursor.fail(message)
}
