// Awaits a promise that must settle by microtasks alone: the work of a transaction whose statements are settled promises.

export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * The outcome of `work`. When the microtask queue runs dry before `work` settles it awaited a timer, a socket, a file: that is the failure then, and what it does later is nobody's concern.
 * The one thing it may await besides is the `turn` that it is given: a turn of the event loop.
 * Call it from a microtask (after an await): only then does the next tick come after all of them.
 */
export function inMicrotasks<T>(work: (turn: () => Promise<void>) => Promise<T>): Promise<Outcome<T>> {
  return new Promise(resolve => {
    let settled = false
    let turning: Promise<void> | undefined
    const settle = (outcome: Outcome<T>) => {
      settled = true
      resolve(outcome)
    }
    const turn = () => {
      turning ??= new Promise<void>(resume => setImmediate(resume)).then(() => {
        turning = undefined
      })
      return turning
    }
    started(() => work(turn)).then(
      value => settle({ kind: 'done', value }),
      error => settle({ kind: 'failed', error }),
    )
    const look = () => {
      if (settled) return
      // From a microtask again, so that the next look comes after all that the work does behind its turn.
      if (turning !== undefined) void turning.then(() => process.nextTick(look))
      else
        settle({
          kind: 'failed',
          error: new Error('the work of a transaction awaited something other than the transaction'),
        })
    }
    process.nextTick(look)
  })
}

async function started<T>(work: () => Promise<T>): Promise<T> {
  return work()
}
