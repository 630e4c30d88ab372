// One connection to whichever of a host's addresses answers first (RFC 8305 5): each is given a moment's start before the next is tried beside it.

import type { Clock } from '#io/clock.ts'
import { type ClientChannel, DialError, type Dialer } from '#io/dialer.ts'
import { limits } from './limits.ts'

export interface Candidate {
  readonly address: string
  readonly localAddress: string | undefined
}

export interface DialFirst {
  /** In this order; one at least. */
  readonly candidates: readonly Candidate[]
  readonly port: number
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

export interface Failed<C> {
  readonly candidate: C
  readonly error: DialError
}

export interface Dialed<C> {
  /** Undefined: nobody answered. */
  readonly first: { readonly candidate: C; readonly channel: ClientChannel } | undefined
  /** Those that were tried in vain, in the order in which that was known. */
  readonly failed: readonly Failed<C>[]
}

interface Needs {
  readonly dialer: Dialer
  readonly clock: Clock
}

export async function dialFirst<C extends Candidate>(
  { dialer, clock }: Needs,
  { candidates, port, timeoutMs, signal }: DialFirst & { readonly candidates: readonly C[] },
): Promise<Dialed<C>> {
  const { promise, resolve, reject } = Promise.withResolvers<Dialed<C>['first']>()
  const lost = new AbortController()
  const stop = () => lost.abort()
  if (signal?.aborted === true) stop()
  signal?.addEventListener('abort', stop, { once: true })
  const failed: Failed<C>[] = []
  let next = 0
  let underWay = 0
  let isOver = false
  let timer: Disposable | undefined

  const tryNext = () => {
    timer?.[Symbol.dispose]()
    const candidate = candidates[next]
    if (isOver || candidate === undefined || lost.signal.aborted) {
      if (underWay === 0) resolve(undefined)
      return
    }
    next += 1
    underWay += 1
    const { address, localAddress } = candidate
    void dialer.dial({ address, port, localAddress, timeoutMs, signal: lost.signal }).then(
      channel => {
        if (isOver) return channel.destroy()
        isOver = true
        resolve({ candidate, channel })
      },
      (error: unknown) => {
        underWay -= 1
        if (isOver) return
        if (!(error instanceof DialError)) return reject(error)
        failed.push({ candidate, error })
        tryNext()
      },
    )
    if (next < candidates.length) timer = clock.after(limits.raceMs, tryNext)
  }

  tryNext()
  try {
    const first = await promise
    return { first, failed: [...failed] }
  } finally {
    isOver = true
    timer?.[Symbol.dispose]()
    signal?.removeEventListener('abort', stop)
    lost.abort()
  }
}
