// CRC32C (RFC 3720 B.4, Castagnoli), as the PROXY protocol's checksum has it.

const reversedPolynomial = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, octet) => {
  let remainder = octet
  for (let bit = 0; bit < 8; bit += 1)
    remainder = remainder & 1 ? (remainder >>> 1) ^ reversedPolynomial : remainder >>> 1
  return remainder
})

export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (const octet of bytes) remainder = (table[(remainder ^ octet) & 0xff] ?? 0) ^ (remainder >>> 8)
  return (remainder ^ 0xffffffff) >>> 0
}
