// A set of places in a segment, a bit each, in octets as postings.ts lays out its bits.

/** What a search knows of a segment's messages: those that are in neither are `no`. */
export interface KnownPlaces {
  readonly yes: PlaceSet
  /** Some of them may be in `yes`, too: then they are that. */
  readonly ask: PlaceSet
}

export class PlaceSet {
  /** The place p is in the set when the bit p % 8 of the octet p / 8 is set; bits beyond the last place are not. */
  readonly octets: Uint8Array

  constructor(places: number) {
    this.octets = new Uint8Array((places + 7) >> 3)
  }

  /** All places below `places`. */
  static all(places: number): PlaceSet {
    const all = new PlaceSet(places)
    all.octets.fill(0xff)
    const over = all.octets.length * 8 - places
    if (over > 0) all.octets[all.octets.length - 1] = 0xff >> over
    return all
  }

  has(place: number): boolean {
    return ((this.octets[place >> 3] ?? 0) & (1 << (place & 7))) !== 0
  }

  add(place: number): void {
    this.octets[place >> 3] = (this.octets[place >> 3] ?? 0) | (1 << (place & 7))
  }

  remove(place: number): void {
    this.octets[place >> 3] = (this.octets[place >> 3] ?? 0) & ~(1 << (place & 7))
  }

  addAll(other: PlaceSet): void {
    for (const [at, octet] of other.octets.entries()) this.octets[at] = (this.octets[at] ?? 0) | octet
  }

  removeAll(other: PlaceSet): void {
    for (const [at, octet] of other.octets.entries()) this.octets[at] = (this.octets[at] ?? 0) & ~octet
  }

  /** Leaves only those that are in `other` as well. */
  keep(other: PlaceSet): void {
    for (const at of this.octets.keys()) this.octets[at] = (this.octets[at] ?? 0) & (other.octets[at] ?? 0)
  }

  get isEmpty(): boolean {
    return this.octets.every(octet => octet === 0)
  }

  /** Whether every place of `other` is here. */
  covers(other: PlaceSet): boolean {
    return other.octets.every((octet, at) => (octet & ~(this.octets[at] ?? 0)) === 0)
  }
}
