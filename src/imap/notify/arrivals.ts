// New messages of the selected mailbox, as NOTIFY and UPDATE see them (RFC 5465 5.2, 7): up to which UID they were dealt with, and which
// the client put there itself: of those nothing is fetched for it.

export class Arrivals {
  /** Undefined: NOTIFY asks for nothing of the selected mailbox. */
  upTo: number | undefined
  #own = new Set<number>()

  made(uids: Iterable<number>): void {
    for (const uid of uids) this.#own.add(uid)
  }

  isOwn(uid: number): boolean {
    return this.#own.has(uid)
  }

  /** Messages up to `uid` were told. */
  forget(uid: number): void {
    for (const own of this.#own) if (own <= uid) this.#own.delete(own)
  }
}
