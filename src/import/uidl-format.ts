// How other servers make POP3's unique-ids of what they know of a message, written as Dovecot's pop3_uidl_format writes it:
// %u UID, %v UIDVALIDITY, %f the base name of the Maildir file, %g the GUID, with a width (%08u) and X (hexadecimal), L, U (case);
// or as its versions from 2.4 on do: %{uid | hex(8)}.

export interface UidlSource {
  readonly uid: number
  readonly uidValidity: number
  readonly base: string
  readonly guid: string | undefined
}

export type UidlFormat = (source: UidlSource) => string

/** What Dovecot does unless told otherwise. */
export const dovecotFormat = '%08Xu%08Xv'

/** Undefined where it is none that we know. */
export function readUidlFormat(text: string): UidlFormat | undefined {
  const parts: UidlFormat[] = []
  let at = 0
  for (const match of text.matchAll(/%(?:\{([^{}]*)\}|(0?)(\d{0,2})([XLU]*)([uvfg%]))/g)) {
    parts.push(literal(text.slice(at, match.index)))
    at = match.index + match[0].length
    const [, inBraces, zero = '', width = '', modifiers = '', letter = ''] = match
    const part = inBraces === undefined ? oldPart(letter, { zero, width, modifiers }) : newPart(inBraces)
    if (part === undefined) return undefined
    parts.push(part)
  }
  parts.push(literal(text.slice(at)))
  // Without a variable all messages would have one and the same.
  const isWhole = parts.length > 1 && !text.replaceAll(/%\{[^{}]*\}|%0?\d{0,2}[XLU]*[uvfg%]/g, '').includes('%')
  return isWhole ? source => parts.map(part => part(source)).join('') : undefined
}

function literal(text: string): UidlFormat {
  return () => text
}

interface Modifiers {
  readonly zero: string
  readonly width: string
  readonly modifiers: string
}

function oldPart(letter: string, { zero, width, modifiers }: Modifiers): UidlFormat | undefined {
  if (letter === '%') return literal('%')
  const value = values[letter]
  if (value === undefined) return undefined
  return source => {
    let text = value(source)
    for (const modifier of modifiers) text = modified(text, modifier)
    return text.padStart(Number(width), zero === '0' ? '0' : ' ')
  }
}

function modified(text: string, modifier: string): string {
  if (modifier === 'X') return /^\d+$/.test(text) ? Number(text).toString(16) : text
  return modifier === 'U' ? text.toUpperCase() : text.toLowerCase()
}

function newPart(text: string): UidlFormat | undefined {
  const [name = '', ...filters] = text.split('|').map(word => word.trim())
  const value = values[newNames[name] ?? '']
  if (value === undefined || !filters.every(filter => /^(?:hex(?:\(\d{1,2}\))?|lower|upper)$/.test(filter)))
    return undefined
  return source => filters.reduce(filtered, value(source))
}

function filtered(text: string, filter: string): string {
  if (!filter.startsWith('hex')) return modified(text, filter === 'upper' ? 'U' : 'L')
  return modified(text, 'X').padStart(Number(/\d+/.exec(filter)?.[0] ?? 0), '0')
}

const values: Readonly<Record<string, UidlFormat>> = {
  u: ({ uid }) => String(uid),
  v: ({ uidValidity }) => String(uidValidity),
  f: ({ base }) => base,
  g: ({ guid, base }) => guid ?? base,
}

const newNames: Readonly<Record<string, string>> = { uid: 'u', uidvalidity: 'v', filename: 'f', guid: 'g' }
