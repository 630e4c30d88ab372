// The states of one recipient of a queued message, and where each event leads; docs/states/queue.md says what a crash leaves in each.
// A delivery into a mailbox here and the end of its row are one transaction; one to another host is written down after its peer's 250.

export type State = 'scheduled' | 'ready' | 'active' | 'deferred' | 'held' | 'delivered' | 'failed' | 'expired'

export type Event =
  | 'lease'
  | 'end of lease'
  | 'delivery'
  | 'refusal for now'
  | 'refusal for good'
  | 'end of tries'
  | 'retry'
  | 'hold'
  | 'release'
  | 'bounce'
  | 'drop'
  | 'report'

/** 'gone': the row is removed; with the last one of a message, its bytes are let go. */
export type Outcome = State | 'gone'

/** What an event leads to when the sender wants to hear of it; undefined: it does not happen in that state, or changes nothing. */
export const moves: Readonly<Record<State, Readonly<Partial<Record<Event, Outcome>>>>> = {
  scheduled: { lease: 'active', hold: 'held', release: 'ready', bounce: 'failed', drop: 'gone' },
  ready: { lease: 'active', hold: 'held', bounce: 'failed', drop: 'gone' },
  active: {
    'end of lease': 'ready',
    delivery: 'delivered',
    'refusal for now': 'deferred',
    'refusal for good': 'failed',
    'end of tries': 'expired',
    // What is under way comes back first: `refusal for now` leads to `held` then.
    hold: 'active',
    bounce: 'failed',
    drop: 'gone',
  },
  deferred: { lease: 'active', retry: 'ready', hold: 'held', release: 'ready', bounce: 'failed', drop: 'gone' },
  held: { release: 'ready', bounce: 'failed', drop: 'gone' },
  delivered: { drop: 'gone', report: 'gone' },
  failed: { drop: 'gone', report: 'gone' },
  expired: { drop: 'gone', report: 'gone' },
}

/** Where a recipient goes. Nobody waits for a report that the sender does not want. */
export function move(from: State, event: Event, wantsReport: boolean): Outcome {
  const to = moves[from][event]
  if (to === undefined) throw new Error(`no ${event} of a recipient that is ${from}`)
  return !wantsReport && isEnd(to) ? 'gone' : to
}

/** Whether it still waits for its delivery. */
export function isOpen(state: State): boolean {
  return !isEnd(state)
}

/** What the sender may want to hear of. */
export function isEnd(state: Outcome): boolean {
  return state === 'delivered' || state === 'failed' || state === 'expired'
}
