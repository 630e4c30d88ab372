// The change feed of this process: each account's committed changes, in commit order, to whoever subscribed.

import type { Log } from '#io/log.ts'
import type { Author, Change } from './change.ts'

/** `author`: who made the change, if that is known. */
export type Listener = (change: Change, author: Author | undefined) => void

export class Feed {
  readonly #listeners = new Map<number, Set<Listener>>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  subscribe(accountId: number, onChange: Listener): Disposable {
    // One wrapper a subscription, so that a function may subscribe twice.
    const listener: Listener = (change, author) => onChange(change, author)
    const listeners = this.#listeners.get(accountId) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(accountId, listeners)
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener)
        if (listeners.size === 0 && this.#listeners.get(accountId) === listeners) this.#listeners.delete(accountId)
      },
    }
  }

  publish(changes: readonly Change[], author?: Author): void {
    if (author !== undefined) this.#guard('author', changes[0], () => author.made(changes))
    for (const change of changes) {
      for (const listener of this.#listeners.get(change.accountId) ?? [])
        this.#guard('listener', change, () => listener(change, author))
    }
  }

  /** The change is durable and its author waits for the answer: a listener's fault is not the author's. */
  #guard(who: 'author' | 'listener', change: Change | undefined, tell: () => void): void {
    try {
      tell()
    } catch (error) {
      this.#log.error('store.feed-listener-failed', {
        who,
        change: change?.kind,
        account: change?.accountId,
        reason: String(error),
      })
    }
  }
}
