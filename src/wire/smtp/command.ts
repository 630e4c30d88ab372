// An SMTP command (RFC 5321 4.1.1) as data. Text is latin1: a character per octet.

/** An address of MAIL or RCPT, its source route left out (RFC 5321 C). */
export interface Path {
  /** Unquoted: `a b` of `"a b"@example.test`. */
  readonly localPart: string
  /** In lower case; `[127.0.0.1]` with its brackets; undefined for `<postmaster>` alone. */
  readonly domain: string | undefined
  /** As written, without brackets and route. */
  readonly address: string
}

/** An ESMTP parameter: keyword in upper case, value as written, undefined without `=`. */
export interface Parameter {
  readonly keyword: string
  readonly value: string | undefined
}

export type Command =
  | { readonly verb: 'HELO' | 'EHLO'; readonly hello: string }
  /** `sender` is undefined for the null path `<>`. */
  | { readonly verb: 'MAIL'; readonly sender: Path | undefined; readonly parameters: readonly Parameter[] }
  | { readonly verb: 'RCPT'; readonly recipient: Path; readonly parameters: readonly Parameter[] }
  /** `initial` in base64 as written; undefined when there was none, '' for `=`. */
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initial: string | undefined }
  | { readonly verb: 'VRFY' | 'EXPN' | 'HELP' | 'NOOP'; readonly argument: string }
  | { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' }
  | { readonly verb: 'unknown'; readonly word: string }

export type Verb = Command['verb']
export type CommandOf<V extends Verb> = Extract<Command, { readonly verb: V }>
