// Text as searches compare it: case and diacritics gone, compatibility forms as their plain ones (after RFC 5051 i;unicode-casemap).

/** `text` folded: two texts that differ only in case, diacritics or width fold alike, and so do their substrings. */
export function foldCase(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text.toLowerCase()
  return (
    text
      .normalize('NFKD')
      .replace(marks, '')
      // By way of upper case, for the letters that have no lower case of their own: ß is ss, ſ is s.
      .toUpperCase()
      .toLowerCase()
      .replace(stroked, letter => plainLetters[letter] ?? letter)
      // Composed again, so that kana and Hangul match by whole characters.
      .normalize('NFC')
  )
}

// Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowels. Not the marks that make another letter (Indic vowels, kana's voicing).
const marks =
  /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cyrillic}]]--[\u{3099}-\u{309a}]]+|\u{ad}/gv

// Letters without a decomposition that people type plain; and toLowerCase's final sigma, which depends on what follows.
const plainLetters: { readonly [letter: string]: string } = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ς: 'σ',
}
const stroked = /[øłđðħŧþæœıς]/g
