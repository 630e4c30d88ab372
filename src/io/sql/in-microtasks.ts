// Awaits a promise that must settle by microtasks alone: the work of a transaction whose statements are settled promises.

export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * The outcome of `work`. When the microtask queue runs dry before `work` settles it awaited a timer, a socket, a file: that is the failure then, and what it does later is nobody's concern.
 * Call it from a microtask (after an await): only then does the next tick come after all of them.
 */
export function inMicrotasks<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  return new Promise(resolve => {
    let settled = false
    const settle = (outcome: Outcome<T>) => {
      settled = true
      resolve(outcome)
    }
    started(work).then(
      value => settle({ kind: 'done', value }),
      error => settle({ kind: 'failed', error }),
    )
    process.nextTick(() => {
      if (!settled)
        settle({
          kind: 'failed',
          error: new Error('the work of a transaction awaited something other than the transaction'),
        })
    })
  })
}

async function started<T>(work: () => Promise<T>): Promise<T> {
  return work()
}
