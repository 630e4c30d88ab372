// A secret that no log, error or JSON shows: it prints as [secret] wherever it is not asked for by name.

const printed = '[secret]'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The secret itself, for the one place that needs it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return printed
  }

  toJSON(): string {
    return printed
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return printed
  }
}
