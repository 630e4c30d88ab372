// UTF-7 (RFC 2152), which old mail still carries. IMAP's mailbox names are another dialect: modified-utf7.ts.

/** Lenient: what is no base64 between + and - stays as it stands. */
export function decodeUtf7(latin1Text: string): string {
  return latin1Text.replace(/\+([A-Za-z0-9+/]*)-?/g, (whole, base64: string) => {
    if (base64 === '') return whole === '+-' ? '+' : whole
    const octets = Buffer.from(base64, 'base64')
    return octets
      .subarray(0, octets.length & ~1)
      .swap16()
      .toString('utf16le')
      .toWellFormed()
  })
}
