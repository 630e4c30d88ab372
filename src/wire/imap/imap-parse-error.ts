// A command that can't be read. The session answers `tag BAD`, or with `code` `tag NO [code]`.

import { ParseError } from '#base/parse-error.ts'

export class ImapParseError extends ParseError {
  /** The command's tag; undefined if there was none to read: the answer is then `* BAD`. */
  readonly tag: string | undefined
  /** BADCHARSET: a SEARCH in a charset that we don't know, to be answered NO (RFC 3501 6.4.4). */
  readonly code: 'BADCHARSET' | undefined

  constructor(message: string, at: number, more: { tag?: string | undefined; code?: 'BADCHARSET' | undefined } = {}) {
    super(message, at)
    this.name = 'ImapParseError'
    this.tag = more.tag
    this.code = more.code
  }
}
