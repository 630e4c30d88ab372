// Which messages are \Recent for one session (RFC 3501 2.3.2): ranges of UIDs that it was the first to be shown.

import type { Snapshot } from '#store/mailbox-view.ts'
import { placeAtOrAfter } from './message-ranges.ts'

export class Recent {
  readonly #ranges: { from: number; to: number }[] = []

  /** UIDs `from` up to, not including, `to`. Ranges are added in ascending order. */
  add(from: number, to: number): void {
    if (from >= to) return
    const last = this.#ranges.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else this.#ranges.push({ from, to })
  }

  has(uid: number): boolean {
    for (let at = this.#ranges.length - 1; at >= 0; at -= 1) {
      const range = this.#ranges[at]
      if (range !== undefined && uid >= range.from) return uid < range.to
    }
    return false
  }

  /** How many of the first `count` messages are recent. */
  countIn(columns: Pick<Snapshot, 'uids'>, count: number): number {
    const known = { uids: columns.uids, count }
    let recent = 0
    for (const { from, to } of this.#ranges) recent += placeAtOrAfter(known, to) - placeAtOrAfter(known, from)
    return recent
  }
}
