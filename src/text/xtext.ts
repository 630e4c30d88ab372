// xtext (RFC 3461 4): how ENVID, ORCPT, AUTH= and XCLIENT carry any octet in an SMTP parameter; and the form that ORCPT has for
// addresses beyond ASCII (RFC 6533 3).

import { ParseError } from '#base/parse-error.ts'
import { decodeUtf8 } from './strict-utf8.ts'

/** The octets that `text` spells, one character each. Throws ParseError. */
export function decodeXtext(text: string): string {
  const bad = text.search(/[^!-~]|=|\+(?![0-9A-F]{2})/)
  if (bad >= 0) throw new ParseError('malformed xtext', bad)
  return text.replace(hexadecimalOctet, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/**
 * The address, in NFC, that utf-8-addr-xtext or utf-8-addr-unitext spells (RFC 6533 3). Throws ParseError. `+2B` is read as xtext has it,
 * which the grammar leaves out and senders do not.
 */
export function decodeUtf8Address(latin1Text: string): string {
  const bad = latin1Text.search(/[\0- \x7f=]|\+(?![0-9A-F]{2})|\\(?!x\{[0-9A-F]{2,6}\})/)
  if (bad >= 0) throw new ParseError('malformed UTF-8 address', bad)
  const octets = latin1Text.replace(hexadecimalOctet, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  const text = decodeUtf8(octets).replace(/\\x\{([0-9A-F]+)\}/g, (_, digits: string) => character(digits))
  return text.normalize('NFC')
}

/** Printable ASCII as xtext. */
export function encodeXtext(text: string): string {
  return text.replace(/[^!-~]|[+=]/g, one => `+${hexadecimal(one.charCodeAt(0), 2)}`)
}

/** An address of any letters as utf-8-addr-xtext, which every server understands that has DSN. */
export function encodeUtf8Address(address: string): string {
  return address.replace(/[^!-~]|[+=\\]/gu, one => `\\x{${hexadecimal(one.codePointAt(0) ?? 0, 2)}}`)
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0')
}

function character(digits: string): string {
  const code = Number.parseInt(digits, 16)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new ParseError('no Unicode character', 0)
  return String.fromCodePoint(code)
}

const hexadecimalOctet = /\+([0-9A-F]{2})/g
