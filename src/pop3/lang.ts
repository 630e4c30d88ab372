// The LANG command (RFC 6856 3): in which language the texts behind +OK and -ERR are.

import { languageFor, languages } from '#wire/pop3/languages.ts'
import { ok, refusal } from '#wire/pop3/print.ts'
import type { Texts } from '#wire/pop3/texts/texts.ts'
import type { Reply } from './reply.ts'

export interface Spoken {
  readonly reply: Reply
  /** The language from this reply on; undefined: it stays. */
  readonly texts: Texts | undefined
}

/** `preferred`: the tag that `*` stands for. Without a range the languages are listed. */
export function lang(range: string | undefined, preferred: string): Spoken {
  if (range === undefined) {
    const lines = languages.map(({ tag, name }) => `${tag} ${name}`)
    return { reply: { kind: 'listing', text: texts => texts.languages, lines }, texts: undefined }
  }
  const texts = languageFor(range === '*' ? preferred : range)
  if (texts === undefined) return { reply: refusal(current => current.noSuchLanguage(range)), texts }
  return { reply: ok(`${texts.tag} ${texts.languageChanged}`), texts }
}
