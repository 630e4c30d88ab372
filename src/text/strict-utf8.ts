// UTF-8 where it has to be that: in addresses, whose every spelling must mean one mailbox.

import { ParseError } from '#base/parse-error.ts'
import { fromLatin1 } from './bytes.ts'

/** The text that `latin1Text` spells in UTF-8. Throws ParseError where it is no UTF-8; a byte order mark stays. */
export function decodeUtf8(latin1Text: string): string {
  if (!/[^\0-\x7f]/.test(latin1Text)) return latin1Text
  try {
    return strictUtf8.decode(fromLatin1(latin1Text))
  } catch {
    throw new ParseError('not UTF-8', latin1Text.search(/[^\0-\x7f]/)) // TypeError is all that it throws
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
