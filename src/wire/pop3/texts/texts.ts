// What the server says for people to read, in one language: after +OK and -ERR, behind any code. Numbers, codes, capabilities and listings are of no
// language and stand elsewhere. No text holds a line end or begins with `[`; English is ASCII alone (RFC 6856 3.2).

export interface Texts {
  /** RFC 5646. */
  readonly tag: string
  /** The language's name in itself. */
  readonly name: string

  greeting(hostname: string): string
  readonly goodbye: string
  readonly stillHere: string
  readonly capabilities: string
  readonly languages: string
  readonly languageChanged: string
  noSuchLanguage(range: string): string
  readonly utf8On: string
  readonly stlsAfterUtf8: string
  readonly beginTls: string
  readonly alreadyTls: string
  readonly noTls: string
  readonly needsTls: string

  readonly sendPass: string
  readonly prohibitedCharacter: string
  readonly noSuchMechanism: string
  readonly givenUp: string
  welcome(counted: string): string
  readonly wrongCredentials: string
  readonly notYourself: string
  readonly downgraded: string
  readonly disabled: string
  readonly pinned: string
  tooManyFailed(seconds: number): string
  readonly busy: string
  tooSoon(seconds: number): string
  readonly inUse: string

  counted(messages: number, octets: number): string
  octets(octets: number): string
  readonly topFollows: string
  marked(number: number): string
  readonly noSuchMessage: string
  readonly messageLost: string

  readonly notAfterLogin: string
  readonly logInFirst: string
  readonly notNow: string
  /** What a parser found, in English. */
  malformed(found: string): string
  readonly tooManyErrors: string
  internalError(id: string): string
  readonly shuttingDown: string
  readonly accountGone: string
}

/** A text in whatever language the client has chosen; a string is the same in all. */
export type Text = string | ((texts: Texts) => string)

export function textIn(texts: Texts, text: Text): string {
  return typeof text === 'string' ? text : text(texts)
}
