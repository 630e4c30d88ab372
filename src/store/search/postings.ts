// Which messages of a segment have a word: their places there, ascending, as octets. Few as steps of variable length, many as a bit each.

/** How the octets of one list are said: their number, twice, and one more if they are bits. */
function isBits(head: number): boolean {
  return head % 2 === 1
}

export class OctetWriter {
  #bytes = Buffer.allocUnsafe(4096)
  #length = 0

  /** Seven bits an octet, the low ones first. */
  number(value: number): void {
    this.#room(8)
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** One list of places. */
  places(places: readonly number[]): void {
    const last = places.at(-1) ?? 0
    const steps = stepsBytes(places)
    const bits = (last >> 3) + 1
    if (bits < steps) {
      this.number(bits * 2 + 1)
      this.#room(bits)
      this.#bytes.fill(0, this.#length, this.#length + bits)
      for (const place of places) {
        const at = this.#length + (place >> 3)
        this.#bytes[at] = (this.#bytes[at] ?? 0) | (1 << (place & 7))
      }
      this.#length += bits
      return
    }
    this.number(steps * 2)
    let before = -1
    for (const place of places) {
      this.number(place - before - 1)
      before = place
    }
  }

  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return taken
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

function stepsBytes(places: readonly number[]): number {
  let bytes = 0
  let before = -1
  for (const place of places) {
    const step = place - before - 1
    bytes += step < 128 ? 1 : step < 16_384 ? 2 : step < 2_097_152 ? 3 : 4
    before = place
  }
  return bytes
}

/**
 * Sets in `bits`, laid out as the lists that are bits, the places of some of the lists that follow one another in `octets`.
 * @param numbers which lists, ascending
 */
export function addPlacesOf(octets: Uint8Array, numbers: readonly number[], bits: Uint8Array): void {
  let at = 0
  let number = 0
  for (const wanted of numbers) {
    for (; ; number += 1) {
      // As OctetReader does it, for lists by the hundred thousand.
      let head = octets[at++] ?? 0
      if (head > 127) {
        head &= 127
        for (let shift = 7, octet = 128; octet > 127; shift += 7) {
          octet = octets[at++] ?? 0
          head |= (octet & 127) << shift
        }
      }
      const end = at + (head >>> 1)
      if (number === wanted) {
        if (isBits(head)) addBits(octets, at, end, bits)
        else addSteps(octets, at, end, bits)
      }
      at = end
      if (number === wanted) break
    }
    number += 1
  }
}

function addBits(octets: Uint8Array, start: number, end: number, bits: Uint8Array): void {
  for (let from = start, to = 0; from < end; from += 1, to += 1) bits[to] = (bits[to] ?? 0) | (octets[from] ?? 0)
}

function addSteps(octets: Uint8Array, start: number, end: number, bits: Uint8Array): void {
  let place = -1
  for (let at = start; at < end; ) {
    let step = 0
    for (let shift = 0, octet = 128; octet > 127; shift += 7) {
      octet = octets[at++] ?? 0
      step |= (octet & 127) << shift
    }
    place += step + 1
    bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7))
  }
}

/** Reads lists of places, one after the other. */
export class OctetReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const octet = this.#bytes[this.#at++] ?? 0
      value |= (octet & 127) << shift
      if (octet < 128) return value
    }
  }

  /** Calls `visit` with each place of the next list. */
  places(visit: (place: number) => void): void {
    const head = this.number()
    const end = this.#at + (head >>> 1)
    if (isBits(head)) {
      for (let base = 0; this.#at < end; base += 8) {
        let octet = this.#bytes[this.#at++] ?? 0
        for (let bit = 0; octet !== 0; bit += 1, octet >>>= 1) if ((octet & 1) !== 0) visit(base + bit)
      }
      return
    }
    for (let before = -1; this.#at < end; ) {
      before += this.number() + 1
      visit(before)
    }
  }
}
