// Malformed input, and nothing else: protocols answer it with 501, BAD or -ERR.

export class ParseError extends Error {
  /** Where in the input, in characters (one per octet) from its start. */
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.name = 'ParseError'
    this.at = at
  }
}
