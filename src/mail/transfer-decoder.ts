// A part's body without its transfer encoding, piece by piece: for bodies too large to hold. Gives what transfer-encoding.ts gives of the whole.

import { concat, fromLatin1, fromLooseBase64, latin1 } from '#text/bytes.ts'
import { decodeBase64, decodeQuotedPrintable } from '#text/transfer-encoding.ts'
import { maxEncodedLineBytes } from './limits.ts'

export interface TransferDecoder {
  /** What can be told after these octets. They may be kept until the next call. */
  push(bytes: Uint8Array): Uint8Array
  /** The rest. */
  end(): Uint8Array
}

/** `encoding` as `PartFields` has it; undefined if it is unknown. */
export function transferDecoder(encoding: string): TransferDecoder | undefined {
  switch (encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return { push: bytes => bytes, end: () => nothing }
    case 'base64':
      return new Base64Decoder()
    case 'quoted-printable':
      return new QuotedPrintableDecoder()
    default:
      return undefined
  }
}

const nothing = new Uint8Array(0)

class Base64Decoder implements TransferDecoder {
  /** Characters of a group of four that is not whole yet. */
  #rest = ''

  push(bytes: Uint8Array): Uint8Array {
    const text = this.#rest + latin1(bytes).replace(/[^A-Za-z0-9+/_=-]+/g, '')
    // Padding ends a run, wherever it stands.
    const padding = text.lastIndexOf('=') + 1
    const last = text.slice(padding)
    const whole = last.length - (last.length % 4)
    this.#rest = last.slice(whole)
    const runs = padding === 0 ? nothing : decodeBase64(fromLatin1(text.slice(0, padding)))
    return concat([runs, fromLooseBase64(last.slice(0, whole))])
  }

  end(): Uint8Array {
    return fromLooseBase64(this.#rest)
  }
}

const lineFeed = 0x0a

/** Decodes whole lines: nothing in quoted-printable reaches beyond one but the soft line break, which ends it. */
class QuotedPrintableDecoder implements TransferDecoder {
  #line: Uint8Array = nothing

  push(bytes: Uint8Array): Uint8Array {
    const end = bytes.lastIndexOf(lineFeed) + 1
    if (end > 0) {
      const whole = concat([this.#line, bytes.subarray(0, end)])
      this.#line = bytes.slice(end)
      return decodeQuotedPrintable(whole)
    }
    this.#line = concat([this.#line, bytes.slice()])
    return this.#line.length > maxEncodedLineBytes ? this.#cutLine() : nothing
  }

  end(): Uint8Array {
    return decodeQuotedPrintable(this.#line)
  }

  /** A line without end: all but what may belong to an escape or to white space that goes. */
  #cutLine(): Uint8Array {
    const line = this.#line
    let end = line.length
    while (end > 0 && isOpen(line, end)) end -= 1
    // Nothing but white space: it may stay in the text where it should go, it may not stay here.
    if (end === 0) end = line.length
    this.#line = line.slice(end)
    return decodeQuotedPrintable(line.subarray(0, end))
  }
}

function isOpen(line: Uint8Array, end: number): boolean {
  const last = line[end - 1]
  return last === 0x20 || last === 0x09 || last === 0x0d || last === 0x3d || line[end - 2] === 0x3d
}
