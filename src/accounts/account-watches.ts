// Sessions that are open for an account, and end when it may be used no more: disabled, or removed.

export class AccountWatches {
  readonly #byAccount = new Map<number, Set<() => void>>()

  add(accountId: number, onGone: () => void): Disposable {
    // One wrapper a watch, so that a function may be given twice.
    const watch = () => onGone()
    const watches = this.#byAccount.get(accountId) ?? new Set()
    this.#byAccount.set(accountId, watches.add(watch))
    return {
      [Symbol.dispose]: () => {
        watches.delete(watch)
        if (watches.size === 0 && this.#byAccount.get(accountId) === watches) this.#byAccount.delete(accountId)
      },
    }
  }

  tell(accountId: number): void {
    for (const watch of this.#byAccount.get(accountId) ?? []) watch()
  }
}
