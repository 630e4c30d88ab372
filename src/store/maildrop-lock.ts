// POP3's exclusive lock (RFC 1939 4): one session a maildrop. It lives in memory, so it ends with its session or with the process.

export class MaildropLocks {
  readonly #locked = new Set<number>()

  lock(accountId: number): AsyncDisposable | undefined {
    if (this.#locked.has(accountId)) return undefined
    this.#locked.add(accountId)
    let held = true
    return {
      [Symbol.asyncDispose]: async () => {
        // Disposing twice must not take the lock from the next session.
        if (held) this.#locked.delete(accountId)
        held = false
      },
    }
  }
}
