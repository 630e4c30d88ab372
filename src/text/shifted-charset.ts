// The 7-bit multi-octet charsets that TextDecoder refuses (a browser must, for scripts hidden in them; a search index need not):
// ISO-2022-KR (RFC 1557), ISO-2022-CN's GB 2312 (RFC 1922), HZ (RFC 1843). Each is an 8-bit charset with the high bits shifted away.

const shiftOut = 0x0e
const shiftIn = 0x0f
const escapeOctet = 0x1b
const tilde = 0x7e

/** `eightBit`: the charset that has the same characters with their high bits set. */
export function decodeIso2022(bytes: Uint8Array, eightBit: 'euc-kr' | 'gb18030'): string {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let shifted = false
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = bytes[at] as number // at < length
    if (octet === shiftOut || octet === shiftIn) shifted = octet === shiftOut
    else if (octet === escapeOctet) at += 3
    else {
      if (octet === 0x0a) shifted = false
      out[length++] = shifted && octet > 0x20 ? octet | 0x80 : octet
    }
  }
  return new TextDecoder(eightBit).decode(out.subarray(0, length))
}

export function decodeHz(bytes: Uint8Array): string {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let shifted = false
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = bytes[at] as number // at < length
    if (octet !== tilde) {
      if (octet === 0x0a) shifted = false
      out[length++] = shifted && octet > 0x20 ? octet | 0x80 : octet
      continue
    }
    at += 1
    const next = bytes[at]
    if (next === 0x7b || next === 0x7d)
      shifted = next === 0x7b // ~{ and ~}
    else if (next !== undefined && next !== 0x0a) out[length++] = next
  }
  return new TextDecoder('gb18030').decode(out.subarray(0, length))
}
