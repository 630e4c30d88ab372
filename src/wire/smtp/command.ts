// An SMTP command (RFC 5321 4.1.1) as data. What is said of addresses is Unicode; other text is latin1, a character per octet.

import { ParseError } from '#base/parse-error.ts'

/** An address of MAIL or RCPT, its source route left out (RFC 5321 C). */
export interface Path {
  /** Unquoted: `a b` of `"a b"@example.test`. In NFC. */
  readonly localPart: string
  /** In lower case, its labels in ASCII; `[127.0.0.1]` with its brackets; undefined for `<postmaster>` alone. */
  readonly domain: string | undefined
  /** As written, without brackets and route. In NFC. */
  readonly address: string
  /** An octet beyond ASCII was written: this takes SMTPUTF8 (RFC 6531). */
  readonly needsUtf8: boolean
}

/** An ESMTP parameter: keyword in upper case, value as written, undefined without `=`. */
export interface Parameter {
  readonly keyword: string
  readonly value: string | undefined
}

/** What XCLIENT or XFORWARD tells: name in upper case, value decoded; undefined: the client says that it is not known. */
export interface Attribute {
  readonly name: string
  readonly value: string | undefined
}

export type Command =
  | { readonly verb: 'HELO' | 'EHLO' | 'LHLO'; readonly hello: string }
  /** `sender` is undefined for the null path `<>`. */
  | { readonly verb: 'MAIL'; readonly sender: Path | undefined; readonly parameters: readonly Parameter[] }
  | { readonly verb: 'RCPT'; readonly recipient: Path; readonly parameters: readonly Parameter[] }
  /** The next `sizeBytes` octets are content (RFC 3030 2). */
  | { readonly verb: 'BDAT'; readonly sizeBytes: number; readonly last: boolean }
  /** `initial` in base64 as written; undefined when there was none, '' for `=`. */
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initial: string | undefined }
  | { readonly verb: 'XCLIENT' | 'XFORWARD'; readonly attributes: readonly Attribute[] }
  | { readonly verb: 'VRFY' | 'EXPN' | 'HELP' | 'NOOP'; readonly argument: string }
  | { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' }
  | { readonly verb: 'unknown'; readonly word: string }

export type Verb = Command['verb']
export type CommandOf<V extends Verb> = Extract<Command, { readonly verb: V }>

/** A BDAT whose size can't be read: what follows may be content as well as commands, so the connection has to end. */
export class BdatSyntaxError extends ParseError {
  constructor(message: string, at: number) {
    super(message, at)
    this.name = 'BdatSyntaxError'
  }
}

/** Whether content may follow this line, however broken it is. */
export function isBdat(line: string): boolean {
  return /^bdat(?![a-z])/i.test(line)
}
