// The program of a search that is kept up to date. Message numbers and `$` mean what they meant when its command came (RFC 5267 4.3): UIDs
// stand in their place.

import { contextRangesMax } from '#imap/limits.ts'
import { type Range, rangesOfUids } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import type { SearchKey, SequenceSet } from '#wire/imap/command.ts'
import { rangesOfKnownNumbers } from './column-test.ts'
import { runsOf } from './saved-result.ts'

/** Undefined if what the key means hangs on more than a message (the time, what the client was told before), or has too many ranges. */
export function lastingKey(selected: Selected, key: SearchKey): SearchKey | undefined {
  const lasting = new Lasting(selected)
  const made = lasting.of(key)
  return lasting.isPossible ? made : undefined
}

class Lasting {
  readonly #selected: Selected
  isPossible = true
  #ranges = 0

  constructor(selected: Selected) {
    this.#selected = selected
  }

  of(key: SearchKey): SearchKey {
    const { columns, exists, searches } = this.#selected
    switch (key.key) {
      case 'sequence':
        return this.#uids(rangesOfKnownNumbers(key.set, exists))
      case 'saved':
        return this.#uids(rangesOfUids(runsOf(searches.saved), columns, exists))
      case 'uid':
        return { key: 'uid', set: key.set.map(item => this.#bounded(item)) }
      case 'older':
      case 'younger':
      case 'recent':
      case 'new':
      case 'old':
        this.isPossible = false
        return key
      case 'fuzzy':
      case 'not':
        return { ...key, of: this.of(key.of) }
      case 'or':
        return { ...key, left: this.of(key.left), right: this.of(key.right) }
      case 'and':
        return { ...key, all: key.all.map(one => this.of(one)) }
      default:
        return key
    }
  }

  /** What stands between two known messages is known as well: new ones get higher UIDs. */
  #uids(ranges: readonly Range[]): SearchKey {
    this.#ranges += ranges.length
    if (this.#ranges > contextRangesMax) this.isPossible = false
    const selected = this.#selected
    const set = ranges.map(({ first, last }) => ({ from: selected.uidAt(first), to: selected.uidAt(last) }))
    return { key: 'uid', set }
  }

  /** `7:*` goes on with every new message, unless 7 is above the last one: then it is that one, whichever it is. */
  #bounded(item: SequenceSet[number]): SequenceSet[number] {
    const { from, to } = item
    if (from !== '*' && to !== '*') return item
    const { exists, view } = this.#selected
    const low = from === '*' ? to : from
    const highest = exists === 0 ? view.uidNext : this.#selected.uidAt(exists - 1)
    if (low !== '*' && low <= highest) return { from: low, to: 0xffff_ffff }
    this.isPossible = false
    return item
  }
}
