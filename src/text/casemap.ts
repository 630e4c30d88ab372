// The collation i;unicode-casemap (RFC 5051), which IMAP's SORT and THREAD compare texts by (RFC 5255 4.3): case is folded, diacritics count.
// Searching folds more: fold-case.ts.

const ascii = /^[\x00-\x7f]*$/

/** `text` mapped so that texts that this collation takes for equal are equal strings. */
export function casemap(text: string): string {
  if (ascii.test(text)) return text.toUpperCase()
  return text.replace(/[^\x00-\x7f]|[a-z]+/gu, upper).normalize('NFKD')
}

// RFC 5051 2 maps each character by itself, to a single one: ß stays ß.
function upper(letters: string): string {
  const mapped = letters.toUpperCase()
  return mapped.length === letters.length ? mapped : letters
}

/** The order of two mapped texts: by code point, as the octets of their UTF-8 would stand. */
export function compareMapped(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return codePointOrder(left) - codePointOrder(right)
  }
  return a.length - b.length
}

// Surrogates stand for what is beyond all other units.
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
