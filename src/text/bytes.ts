// Octets to strings and back. Everywhere in text/, mail/ and wire/ a "latin1 text" holds one character per octet.

/** The octets of `bytes` from `start` up to, not including, `end`, one character each. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return asBuffer(bytes).toString('latin1', start, end)
}

/** The octets of a latin1 text; of a character beyond U+00FF only the low eight bits. */
export function fromLatin1(text: string): Uint8Array {
  return plain(Buffer.from(text, 'latin1'))
}

/** Never throws: what is no UTF-8 becomes U+FFFD. A byte order mark stays. */
export function utf8(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('utf8')
}

export function fromUtf8(text: string): Uint8Array {
  return plain(Buffer.from(text, 'utf8'))
}

export function concat(list: readonly Uint8Array[]): Uint8Array {
  const only = list[0]
  if (only !== undefined && list.length === 1) return only
  let length = 0
  for (const bytes of list) length += bytes.length
  const all = new Uint8Array(length)
  let at = 0
  for (const bytes of list) {
    all.set(bytes, at)
    at += bytes.length
  }
  return all
}

/** The octets that base64 characters of either alphabet spell up to the first `=`; others are passed over. Never throws. */
export function fromLooseBase64(text: string): Uint8Array {
  return plain(Buffer.from(text, 'base64'))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

// Buffer's own slice() shares memory where Uint8Array's copies: callers get the kind they expect.
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
