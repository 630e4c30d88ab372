// What an account has in the queue and may not leave: held when the account is disabled, or by the guard, each with its reason. When that is over only
// what was held for it goes on: what an operator holds besides stays so. What is held when its account is removed waits for an operator.

import type { Filter, Listed, Place, Queue } from '#queue/queue.ts'

/** As `queue list` shows it. */
export const heldForDisabled = 'the account is disabled'

const guardMark = 'guard: '

/** As `queue list` shows it. */
export function heldForGuard(reason: string): string {
  return guardMark + reason
}

export function isHeldByGuard(heldFor: string): boolean {
  return heldFor.startsWith(guardMark)
}

/** Settles when nothing more of it is let out. */
export async function holdDisabled(queue: Pick<Queue, 'act'>, accountId: number): Promise<void> {
  await queue.act('hold', { accountId }, heldForDisabled)
}

export type HoldsQueue = Pick<Queue, 'act' | 'list'>

export async function letGo(queue: HoldsQueue, accountId: number, isOver: (heldFor: string) => boolean): Promise<void> {
  // What was under way when it was held is held when it comes back: so these first.
  for (const state of ['active', 'held'] as const) await letGoOf(queue, { accountId, state }, isOver)
}

async function letGoOf(queue: HoldsQueue, filter: Filter, isOver: (heldFor: string) => boolean): Promise<void> {
  const isAllOver = await everyHeld(queue, filter, isOver)
  if (isAllOver) await queue.act('release', filter)
  else
    for await (const { messageId, recipients } of pagesOf(queue, filter)) {
      const over = recipients.filter(({ heldFor }) => heldFor !== undefined && isOver(heldFor))
      if (over.length === recipients.length) await queue.act('release', { ...filter, messageId })
      else for (const { address } of over) await queue.act('release', { ...filter, messageId, recipient: address })
    }
}

/** As nearly always: then it is one verb, however much it is. */
async function everyHeld(queue: HoldsQueue, filter: Filter, isOver: (heldFor: string) => boolean): Promise<boolean> {
  for await (const { recipients } of pagesOf(queue, filter))
    if (recipients.some(({ heldFor }) => heldFor !== undefined && !isOver(heldFor))) return false
  return true
}

async function* pagesOf(queue: HoldsQueue, filter: Filter): AsyncIterable<Listed> {
  let after: Place | undefined
  for (;;) {
    const page = await queue.list(filter, after)
    yield* page
    after = page.at(-1)
    if (after === undefined) return
  }
}
