// Dates of header fields (RFC 5322 3.3 and 4.3), with the forms that other programs write instead.

import { maxDateCharacters } from './limits.ts'

export interface MailDate {
  /** Since 1970, UTC. */
  readonly ms: number
  /** The zone the date was written in, minutes east of UTC. IMAP's SENTON compares the day there. */
  readonly offsetMinutes: number
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

// RFC 5322 4.3. The military letters are unknown there too: +0000.
const zones: { readonly [name: string]: number } = {
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  bst: 60,
  jst: 540,
}

/** The moment a Date field names; undefined if it names none. Comments, missing seconds, missing zone (UTC) are fine. */
export function parseMailDate(latin1Text: string): MailDate | undefined {
  const text = withoutComments(latin1Text.slice(0, maxDateCharacters)).replace(/\s+/g, ' ').trim()
  const match = rfcForm.exec(text) ?? asctimeForm.exec(text) ?? isoForm.exec(text)
  const parts = match?.groups
  if (parts === undefined) return undefined
  const month = /^\d/.test(parts['month'] ?? '')
    ? Number(parts['month']) - 1
    : months.indexOf((parts['month'] ?? '').slice(0, 3).toLowerCase())
  const year = fullYear(parts['year'] ?? '')
  return moment({
    year,
    month,
    day: Number(parts['day']),
    hour: Number(parts['hour'] ?? 0),
    minute: Number(parts['minute'] ?? 0),
    second: Number(parts['second'] ?? 0),
    offsetMinutes: zoneMinutes(parts['zone'] ?? ''),
  })
}

let lastSecond = Number.NaN
let lastPrinted = ''

/** RFC 5322 3.3 in UTC: `Mon, 23 Nov 2026 03:46:39 +0000`. */
export function printMailDate(ms: number): string {
  // Every message of a second bears the same.
  const second = Math.floor(ms / 1000)
  if (second !== lastSecond) lastPrinted = printed(new Date(ms))
  lastSecond = second
  return lastPrinted
}

function printed(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${dayNames[date.getUTCDay()]}, ${two(date.getUTCDate())} ${monthNames[date.getUTCMonth()]} ${String(date.getUTCFullYear()).padStart(4, '0')}`
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

const time = String.raw`(?<hour>\d{1,2}) ?[:.] ?(?<minute>\d{1,2})(?: ?[:.] ?(?<second>\d{1,2})(?:[.,]\d+)?)?(?: ?[AaPp][Mm]\b)?`
const rfcForm = new RegExp(
  String.raw`^(?:[A-Za-z]+\.?,? ?,? ?)?(?<day>\d{1,2})[ -]?(?<month>[A-Za-z]{3,9})\.?,?[ -]?(?<year>\d{2,5}),?(?: ${time}(?: ?(?<zone>[+-] ?\d{1,2}:?\d{2}|[A-Za-z]{1,5}))?)?`,
)
// C's asctime: Mon Nov 23 03:46:39 [UTC] 2026
const asctimeForm = new RegExp(
  String.raw`^(?:[A-Za-z]{3,9},? )?(?<month>[A-Za-z]{3,9}) (?<day>\d{1,2}),? ${time}(?: (?<zone>[+-]\d{4}|[A-Za-z]{1,5}))? (?<year>\d{4})`,
)
const isoForm = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ]${time}(?: ?(?<zone>Z|[+-]\d\d:?\d\d))?)?`,
)

function moment(date: {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  offsetMinutes: number
}): MailDate | undefined {
  const { year, month, day, hour, minute, second, offsetMinutes } = date
  if (month < 0 || month > 11 || day < 1 || day > 31) return undefined
  const utc = new Date(0)
  utc.setUTCFullYear(year, month, day)
  if (utc.getUTCDate() !== day) return undefined // 31 June
  // RFC 5256 2.2: a day whose time can't be is that day at 0:00:00. A leap second is the last one of its minute.
  if (hour < 24 && minute < 60 && second <= 60) utc.setUTCHours(hour, minute, Math.min(second, 59))
  return { ms: utc.getTime() - offsetMinutes * 60_000, offsetMinutes }
}

// RFC 5322 4.3: two digits up to 49 are 20xx, from 50 19xx; three digits count from 1900.
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return digits.length === 3 ? 1900 + year : year
}

function zoneMinutes(zone: string): number {
  const numeric = /^([+-]) ?(\d{1,2}):?(\d{2})$/.exec(zone)
  if (numeric === null) {
    const name = zone.toLowerCase()
    return Object.hasOwn(zones, name) ? (zones[name] ?? 0) : 0
  }
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
  if (minutes >= 24 * 60) return 0
  return numeric[1] === '-' ? -minutes || 0 : minutes
}

function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let depth = 0
  let out = ''
  for (const character of text) {
    if (character === '(') depth += 1
    else if (character === ')' && depth > 0) depth -= 1
    else if (depth === 0) out += character
    if (character === ')' && depth === 0) out += ' '
  }
  return out
}
