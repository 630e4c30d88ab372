// The change feed of this process: each account's committed changes, in commit order, to whoever subscribed.

import type { Log } from '#io/log.ts'
import type { Change } from './change.ts'

type Listener = (change: Change) => void

export class Feed {
  readonly #listeners = new Map<number, Set<Listener>>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  subscribe(accountId: number, onChange: Listener): Disposable {
    // One wrapper a subscription, so that a function may subscribe twice.
    const listener: Listener = change => onChange(change)
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

  publish(changes: readonly Change[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners.get(change.accountId) ?? []) this.#tell(listener, change)
    }
  }

  /** The change is durable and its author waits for the answer: a listener's fault is not the author's. */
  #tell(listener: Listener, change: Change): void {
    try {
      listener(change)
    } catch (error) {
      this.#log.error('store.feed-listener-failed', {
        change: change.kind,
        account: change.accountId,
        reason: String(error),
      })
    }
  }
}
