// The list as text, for import and export: NDJSON, one entry a line; or CSV (RFC 4180) with a header line. What export writes, import reads; import
// also takes a bare list of addresses, and the columns that other senders' exports have.

import { limits } from './limits.ts'
import { type NewSuppression, type Reason, reasons, type Scope, type Suppression } from './suppression.ts'

export type ListFormat = 'csv' | 'ndjson'

const columns = ['recipient', 'reason', 'source', 'detail', 'added', 'expires'] as const

/** The line that a list in this format begins with; '' if none. */
export function listHead(format: ListFormat): string {
  return format === 'csv' ? `${columns.join(',')}\r\n` : ''
}

/** One entry with its line end. Times in ISO 8601. */
export function printEntry(entry: Suppression, format: ListFormat): string {
  const { recipient, reason, source, detail, addedAt, expiresAt } = entry
  const added = new Date(addedAt).toISOString()
  const expires = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString()
  if (format === 'ndjson') return `${JSON.stringify({ recipient, reason, source, detail, added, expires })}\n`
  return `${[recipient, reason, source, detail, added, expires ?? ''].map(quoted).join(',')}\r\n`
}

/** What a program would take for a formula gets an apostrophe first: such lists are opened in spreadsheets. */
function quoted(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

export type ReadLine =
  | { readonly kind: 'entry'; readonly entry: NewSuppression }
  /** Nothing to do: an empty line, the header. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'bad'; readonly why: string }

/** Reads a list line by line; one to a list, for a CSV's header says what the columns are. */
export class ListReader {
  readonly #scope: Scope
  #columns: readonly string[] | undefined

  /** @param scope whose list it becomes */
  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** @param line without its line end */
  read(line: string): ReadLine {
    const text = line.replace(/^\ufeff/, '').trim()
    if (text === '' || text.startsWith('#')) return { kind: 'nothing' }
    if (text.length > limits.lineCharacters) return bad(`longer than ${limits.lineCharacters} characters`)
    return text.startsWith('{') ? this.#readJson(text) : this.#readCsv(text)
  }

  #readJson(text: string): ReadLine {
    let read: unknown
    try {
      read = JSON.parse(text)
    } catch {
      return bad('no JSON')
    }
    // It begins with a brace, so it is an object.
    return this.#entry(new Map(Object.entries(read as object).map(([name, value]) => [name.toLowerCase(), value])))
  }

  #readCsv(text: string): ReadLine {
    const values = splitCsv(text)
    if (values === undefined) return bad('a quote is not closed')
    if (this.#columns === undefined) {
      const names = values.map(value => value.trim().toLowerCase())
      const isHead = names.some(name => recipientNames.includes(name)) && !text.includes('@')
      this.#columns = isHead ? names : ['recipient', ...columns.slice(1)]
      if (isHead) return { kind: 'nothing' }
    }
    return this.#entry(new Map(this.#columns.map((name, at) => [name, values[at]])))
  }

  #entry(values: ReadonlyMap<string, unknown>): ReadLine {
    const text = (names: readonly string[]) => {
      const value = names.map(name => values.get(name)).find(one => typeof one === 'string' && one.trim() !== '')
      // Found by its type.
      return (value as string | undefined)?.trim().replace(/^'(?=[=+\-@])/, '')
    }
    const recipient = text(recipientNames)
    if (recipient === undefined) return bad('no recipient')
    const expires = text(['expires', 'expires_at'])
    const expiresAt = expires === undefined ? undefined : Date.parse(expires)
    if (Number.isNaN(expiresAt)) return bad(`'${expires}' is no time`)
    const reason = reasonOf(text(['reason', 'type']))
    const detail = text(['detail', 'error', 'note']) ?? ''
    return { kind: 'entry', entry: { scope: this.#scope, recipient, reason, source: 'import', detail, expiresAt } }
  }
}

const recipientNames: readonly string[] = ['recipient', 'email', 'address', 'emailaddress', 'email_address']

/** Other senders call a bounce by that name, and a complaint often `spam`. */
function reasonOf(text: string | undefined): Reason {
  const name = text?.toLowerCase() ?? ''
  if (/bounce|unknown|invalid/.test(name)) return 'unknown'
  if (/complain|spam|abuse/.test(name)) return 'complaint'
  return reasons.find(reason => reason === name) ?? 'manual'
}

function bad(why: string): ReadLine {
  return { kind: 'bad', why }
}

/** The values of one line; undefined: a quote is open at its end. */
function splitCsv(line: string): readonly string[] | undefined {
  const values: string[] = []
  const value = /[ \t]*"((?:[^"]|"")*)"[ \t]*(,|$)|([^",]*)(,|$)/y
  while (values.length <= limits.lineCharacters) {
    const [whole, quotedText, quotedEnd, bare = '', bareEnd] = value.exec(line) ?? []
    if (whole === undefined) return undefined
    values.push(quotedText?.replace(/""/g, '"') ?? bare.trim())
    if ((quotedEnd ?? bareEnd) === '') return values
  }
  return values
}
