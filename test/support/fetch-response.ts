// FETCH responses read back: what a client makes of them (RFC 3501 9), without the server's printer.

/** NIL is undefined; atoms and strings alike are strings of one character per octet. */
export type Value = string | undefined | readonly Value[]

/** The items of every FETCH response in `text`, by message number: `BODY[1]` to its octets. */
export function fetchResponses(text: string): ReadonlyMap<number, ReadonlyMap<string, Value>> {
  const messages = new Map<number, Map<string, Value>>()
  const reader = new Reader(text)
  for (;;) {
    const number = reader.nextFetch()
    if (number === undefined) return messages
    const items = messages.get(number) ?? new Map<string, Value>()
    messages.set(number, items)
    for (const [name, value] of reader.pairs()) items.set(name, value)
  }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Goes to behind `* n FETCH `, line by line. */
  nextFetch(): number | undefined {
    while (this.#at < this.#text.length) {
      const found = /\* (\d+) FETCH /y
      found.lastIndex = this.#at
      const match = found.exec(this.#text)
      if (match !== null) {
        this.#at += match[0].length
        return Number(match[1])
      }
      const end = this.#text.indexOf('\r\n', this.#at)
      this.#at = end < 0 ? this.#text.length : end + 2
    }
    return undefined
  }

  /** `(name value name value)`. */
  *pairs(): Generator<[string, Value]> {
    this.#at += 1
    while (this.#peek !== ')') {
      const name = this.#name()
      this.#at += 1
      yield [name, this.#value()]
      if (this.#peek === ' ') this.#at += 1
    }
    this.#at += 1
  }

  get #peek(): string {
    const character = this.#text.charAt(this.#at)
    if (character === '') throw new Error('the response ends too soon')
    return character
  }

  /** With its brackets, which may hold spaces. */
  #name(): string {
    const name = /[^ [\]]+(?:\[[^\]]*\](?:<\d+>)?)?/y
    name.lastIndex = this.#at
    const [found = ''] = name.exec(this.#text) ?? []
    if (found === '') throw new Error(`no name at ${this.#text.slice(this.#at, this.#at + 40)}`)
    this.#at += found.length
    return found
  }

  #value(): Value {
    const first = this.#peek
    if (first === '(') return this.#list()
    if (first === '"') return this.#quoted()
    if (first === '{' || first === '~') return this.#literal()
    const atom = /[^ ()\r\n]+/y
    atom.lastIndex = this.#at
    const [found = ''] = atom.exec(this.#text) ?? []
    if (found === '') throw new Error(`no value at ${this.#text.slice(this.#at, this.#at + 40)}`)
    this.#at += found.length
    return found === 'NIL' ? undefined : found
  }

  #list(): readonly Value[] {
    const list: Value[] = []
    this.#at += 1
    while (this.#peek !== ')') {
      list.push(this.#value())
      // Bodies and addresses stand side by side without a space.
      if (this.#peek === ' ') this.#at += 1
    }
    this.#at += 1
    return list
  }

  #quoted(): string {
    let text = ''
    for (this.#at += 1; this.#peek !== '"'; this.#at += 1) {
      if (this.#peek === '\\') this.#at += 1
      text += this.#peek
    }
    this.#at += 1
    return text
  }

  #literal(): string {
    const start = this.#text.indexOf('\r\n', this.#at) + 2
    const size = Number(/\d+/.exec(this.#text.slice(this.#at, start))?.[0])
    this.#at = start + size
    return this.#text.slice(start, this.#at)
  }
}
