// The states of one recipient of a queued message, and where each event leads; docs/states/queue.md says what a crash leaves in each.
// Delivering is no state of its own: the delivery and the end of the row are one transaction, so what was in hand is as it was before, or done.

export type State = 'scheduled' | 'deferred' | 'delivered' | 'failed'

export type Event = 'delivery' | 'refusal for now' | 'refusal for good' | 'end of tries' | 'report'

/** 'gone': the row is removed; with the last one of a message, its bytes are let go. */
export type Outcome = State | 'gone'

/** What an event leads to when the sender wants to hear of it; undefined: it does not happen in that state. */
export const moves: Readonly<Record<State, Readonly<Partial<Record<Event, Outcome>>>>> = {
  scheduled: {
    delivery: 'delivered',
    'refusal for now': 'deferred',
    'refusal for good': 'failed',
    'end of tries': 'failed',
  },
  deferred: {
    delivery: 'delivered',
    'refusal for now': 'deferred',
    'refusal for good': 'failed',
    'end of tries': 'failed',
  },
  delivered: { report: 'gone' },
  failed: { report: 'gone' },
}

/** Where a recipient goes. Nobody waits for a report that the sender does not want. */
export function move(from: State, event: Event, wantsReport: boolean): Outcome {
  const to = moves[from][event]
  if (to === undefined) throw new Error(`no ${event} of a recipient that is ${from}`)
  return !wantsReport && (to === 'delivered' || to === 'failed') ? 'gone' : to
}

/** Whether it still waits for its delivery. */
export function isOpen(state: State): boolean {
  return state === 'scheduled' || state === 'deferred'
}
