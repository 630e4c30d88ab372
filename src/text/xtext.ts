// xtext (RFC 3461 4): how ENVID, ORCPT and AUTH= carry any octet in an SMTP parameter.

import { ParseError } from '#base/parse-error.ts'

/** The octets that `text` spells, one character each. Throws ParseError. */
export function decodeXtext(text: string): string {
  const bad = text.search(/[^!-~]|=|\+(?![0-9A-F]{2})/)
  if (bad >= 0) throw new ParseError('malformed xtext', bad)
  return text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** `latin1Text` as xtext. */
export function encodeXtext(latin1Text: string): string {
  return latin1Text.replace(
    /[^!-~]|[+=]/g,
    octet => `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
