// Drops whole fields of a message's header while the message streams through: `push` for each piece, then `end`.
// Holds back no more than the beginning of one field; past the header's blank line it hands everything on as it came.

import { concat, latin1 } from '#text/bytes.ts'
import { trimSpace } from '#text/trim.ts'
import { filteredFieldBytes, filteredValueCharacters } from './limits.ts'

/** `name` in lower case; `value` unfolded and trimmed, up to 1,000 of its octets (a character each), made when asked for. Asked again with more of the field when that comes in pieces. */
export type Unwanted = (name: string, value: () => string) => boolean

/** What becomes of the octets of the field that has begun. */
type Fate = 'passes' | 'goes'

type Decision = Fate | 'undecided'

const nothing = new Uint8Array(0)

export class HeaderFilter {
  readonly #isUnwanted: Unwanted
  /** The beginning of a field that is undecided. */
  #held: Uint8Array = nothing
  #fate: Fate = 'passes'
  /** Whether the next octet begins a line. */
  #atLineStart = true
  #inBody = false
  #removed = 0

  constructor(isUnwanted: Unwanted) {
    this.#isUnwanted = isUnwanted
  }

  /** Fields dropped so far. */
  get removed(): number {
    return this.#removed
  }

  /** What of the message so far can go on: a view of `bytes` where nothing goes. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#inBody) return bytes
    const piece = this.#held.length === 0 ? bytes : concat([this.#held, bytes])
    this.#held = nothing
    return this.#filter(piece, false)
  }

  /** The rest of a message that ended within its header. */
  end(): Uint8Array {
    const rest = this.#held
    this.#held = nothing
    return this.#inBody ? nothing : this.#filter(rest, true)
  }

  #filter(piece: Uint8Array, isLast: boolean): Uint8Array {
    const kept: Uint8Array[] = []
    let keptFrom = 0
    let at = 0
    while (at < piece.length) {
      const before = this.#fate
      if (this.#atLineStart && !isBlank(piece[at])) {
        const decision = this.#decide(piece, at, isLast)
        if (decision === 'undecided') {
          this.#held = piece.slice(at)
          break
        }
        this.#fate = decision
        if (before !== decision) {
          if (before === 'passes') kept.push(piece.subarray(keptFrom, at))
          else keptFrom = at
        }
        if (this.#inBody) {
          at = piece.length
          break
        }
      }
      const lineFeedAt = piece.indexOf(lineFeed, at)
      this.#atLineStart = lineFeedAt >= 0
      at = lineFeedAt < 0 ? piece.length : lineFeedAt + 1
    }
    if (this.#fate === 'goes') return concat(kept)
    if (kept.length === 0) return piece.subarray(keptFrom, at)
    kept.push(piece.subarray(keptFrom, at))
    return concat(kept)
  }

  /** Of the line at `at`, which continues none. */
  #decide(piece: Uint8Array, at: number, isLast: boolean): Decision {
    const isCut = !isLast && piece.length - at < filteredFieldBytes
    const blankLine = blankLineAt(piece, at)
    if (blankLine === 'perhaps' && isCut) return 'undecided'
    this.#inBody = blankLine === 'yes'
    if (this.#inBody) return 'passes'
    const name = nameAt(piece, at)
    if (name.kind === 'none') return 'passes'
    if (name.kind === 'cut') return isCut ? 'undecided' : 'passes'
    return this.#decideOn(piece, { at, nameEnd: name.end, valueStart: name.valueStart, isCut })
  }

  #decideOn(
    piece: Uint8Array,
    field: { readonly at: number; readonly nameEnd: number; readonly valueStart: number; readonly isCut: boolean },
  ): Decision {
    let needsMore = false
    const value = (): string => {
      const end = fieldEnd(piece, field.valueStart)
      needsMore = end === undefined && field.isCut
      return unfolded(latin1(piece, field.valueStart, Math.min(end ?? piece.length, field.at + filteredFieldBytes)))
    }
    const name = latin1(piece, field.at, field.nameEnd).toLowerCase()
    const unwanted = this.#isUnwanted(name, value)
    if (needsMore) return 'undecided'
    if (unwanted) this.#removed += 1
    return unwanted ? 'goes' : 'passes'
  }
}

const lineFeed = 10
const carriageReturn = 13
const colon = 0x3a

function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09
}

function blankLineAt(piece: Uint8Array, at: number): 'yes' | 'perhaps' | 'no' {
  if (piece[at] === lineFeed) return 'yes'
  if (piece[at] !== carriageReturn) return 'no'
  if (at + 1 === piece.length) return 'perhaps'
  return piece[at + 1] === lineFeed ? 'yes' : 'no'
}

type Name =
  | { readonly kind: 'name'; readonly end: number; readonly valueStart: number }
  /** The line is no field. */
  | { readonly kind: 'none' }
  /** It ends before that can be told. */
  | { readonly kind: 'cut' }

// As header.ts reads it: white space before the colon, and folds, are allowed.
function nameAt(piece: Uint8Array, start: number): Name {
  const most = Math.min(piece.length, start + filteredFieldBytes)
  let end = start
  while (end < most && isNameOctet(piece[end])) end += 1
  let at = end
  while (at < most && (isBlank(piece[at]) || piece[at] === carriageReturn || piece[at] === lineFeed)) {
    if (piece[at] === lineFeed && at + 1 < most && !isBlank(piece[at + 1])) return { kind: 'none' }
    at += 1
  }
  if (at === most) return { kind: 'cut' }
  return end > start && piece[at] === colon ? { kind: 'name', end, valueStart: at + 1 } : { kind: 'none' }
}

function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > 0x20 && octet < 0x7f && octet !== colon
}

/** After the field's last line; undefined if that can't be told, for the next line may continue it. */
function fieldEnd(piece: Uint8Array, start: number): number | undefined {
  let at = start
  do {
    const lineFeedAt = piece.indexOf(lineFeed, at)
    if (lineFeedAt < 0) return undefined
    at = lineFeedAt + 1
  } while (isBlank(piece[at]))
  return at < piece.length ? at : undefined
}

function unfolded(raw: string): string {
  return trimSpace(raw.replace(/[\r\n\0]+/g, '')).slice(0, filteredValueCharacters)
}
