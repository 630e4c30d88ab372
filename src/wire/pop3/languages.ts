// The languages that LANG offers (RFC 6856 3), and how one is found (RFC 4647 3.4).

import { german } from './texts/de.ts'
import { english } from './texts/en.ts'
import type { Texts } from './texts/texts.ts'

export const languages: readonly Texts[] = [english, german]

/** The language for a basic range, whose last subtags go until one matches: `de-AT` is `de`. Undefined: none. Not for `*`. */
export function languageFor(range: string): Texts | undefined {
  for (let tag = range.toLowerCase(); tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    const found = languages.find(each => each.tag === tag)
    if (found !== undefined) return found
  }
  return undefined
}

/** A basic language range (RFC 4647 2.1), `*` among them. */
export function isLanguageRange(text: string): boolean {
  return text === '*' || /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i.test(text)
}
