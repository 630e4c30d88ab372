// Base64 as a body has it (RFC 2045 6.8): lines of 76 characters, from octets in pieces of any size.

import { concat, fromLatin1 } from './bytes.ts'

const lineOctets = 57
const nothing = new Uint8Array(0)

export class Base64Lines {
  /** Of a line that is not whole yet. */
  #rest: Uint8Array = nothing
  #isFirst = true

  push(bytes: Uint8Array): Uint8Array {
    const octets = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes])
    const whole = octets.length - (octets.length % lineOctets)
    this.#rest = octets.slice(whole)
    return whole === 0 ? nothing : this.#lines(octets.subarray(0, whole))
  }

  /** The rest: the last line has no end. */
  end(): Uint8Array {
    const rest = this.#rest
    this.#rest = nothing
    return rest.length === 0 ? nothing : this.#lines(rest)
  }

  #lines(octets: Uint8Array): Uint8Array {
    const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64')
    const before = this.#isFirst ? '' : '\r\n'
    this.#isFirst = false
    return fromLatin1(before + text.replace(/.{76}(?=.)/g, '$&\r\n'))
  }
}
