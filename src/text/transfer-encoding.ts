// Content-Transfer-Encoding base64 and quoted-printable (RFC 2045 6.7, 6.8), read leniently: what mail really holds is never an error.

import { fromLooseBase64, latin1 } from './bytes.ts'

/** Skips what is no base64; padding in the middle ends one run and starts the next, as in parts that were glued together. */
export function decodeBase64(bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes)
  const padding = text.indexOf('=')
  // The common case: padding only at the end.
  if (padding < 0 || !/[A-Za-z0-9+/]/.test(text.slice(padding))) return fromLooseBase64(text)
  return decodeRuns(bytes)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** By octet; -1: no base64. What is decoded elsewhere takes the letters of base64url too. */
const sextets = Int8Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet)
  return alphabet.indexOf(character === '-' ? '+' : character === '_' ? '/' : character)
})

/** Run by run into one piece of memory: millions of `A=` are no millions of arrays. */
function decodeRuns(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil((bytes.length * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  for (const octet of bytes) {
    const sextet = sextets[octet] ?? -1
    if (octet === equalsSign) bits = 0
    else if (sextet >= 0) {
      held = ((held << 6) | sextet) & 0xffff
      bits += 6
      if (bits >= 8) {
        bits -= 8
        out[length++] = (held >> bits) & 0xff
      }
    }
  }
  return out.subarray(0, length)
}

const equalsSign = 0x3d
const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const tab = 0x09

/** An `=` that starts no octet stays. White space at the end of a line was put there by a relay, and goes. */
export function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let keep = 0 // white space before this place in `out` was encoded, so it stays
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = bytes[at] as number // at < length
    if (octet === lineFeed) {
      const withReturn = at > 0 && bytes[at - 1] === carriageReturn && length > keep
      length = withoutTrailingSpace(out, withReturn ? length - 1 : length, keep)
      if (withReturn) out[length++] = carriageReturn
      out[length++] = lineFeed
      keep = length
    } else if (octet !== equalsSign) out[length++] = octet
    else {
      const value = hexOctet(bytes, at + 1)
      if (value >= 0) {
        out[length++] = value
        at += 2
        keep = length
        continue
      }
      const next = softBreakEnd(bytes, at + 1)
      if (next < 0) out[length++] = octet
      else {
        at = next - 1
        keep = length // white space before a soft break is content
      }
    }
  }
  return out.subarray(0, withoutTrailingSpace(out, length, keep))
}

function withoutTrailingSpace(out: Uint8Array, length: number, keep: number): number {
  let end = length
  while (end > keep && (out[end - 1] === space || out[end - 1] === tab)) end -= 1
  return end
}

/** The octet that two hexadecimal digits at `at` spell, -1 if they are none. */
function hexOctet(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at])
  const low = hexDigit(bytes[at + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(octet: number | undefined): number {
  if (octet === undefined) return -1
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const letter = octet | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** Where the text goes on after `=`, if only white space and a line end (or the end) follow; else -1. */
function softBreakEnd(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] === space || bytes[at] === tab) at += 1
  if (bytes[at] === carriageReturn) at += 1
  if (at >= bytes.length) return at
  return bytes[at] === lineFeed ? at + 1 : -1
}
