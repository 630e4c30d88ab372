// A command that can't be read. The session answers `tag BAD`, or with `code` `tag NO [code]`.

import { ParseError } from '#base/parse-error.ts'

export class ImapParseError extends ParseError {
  /** The command's tag; undefined if there was none to read: the answer is then `* BAD`. */
  readonly tag: string | undefined
  /** The answer is NO: BADCHARSET for a SEARCH in a charset that we don't know (RFC 3501 6.4.4), CANNOT for a name that no mailbox can have, LIMIT for more flags than we take. */
  readonly code: 'BADCHARSET' | 'CANNOT' | 'LIMIT' | undefined

  /** It would have saved its result: as it fails, `$` is empty from now on (RFC 5182 2.1). */
  readonly saves: boolean

  constructor(message: string, at: number, more: ParseErrorMore = {}) {
    super(message, at)
    this.name = 'ImapParseError'
    this.tag = more.tag
    this.code = more.code
    this.saves = more.saves === true
  }
}

interface ParseErrorMore {
  readonly tag?: string | undefined
  readonly code?: ImapParseError['code']
  readonly saves?: boolean
}
