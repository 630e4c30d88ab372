// Outcomes that are durable, told to the log and to the witness.

import type { Log } from '#io/log.ts'
import { localHop } from './local-hop.ts'
import type { Witness } from './queue.ts'
import type { QueuedMessage } from './rows.ts'
import type { Result, Settlement } from './settle.ts'

export interface TellNeeds {
  readonly log: Log
  readonly witness?: Witness | undefined
}

export function tell({ log, witness }: TellNeeds, { message, hop, results }: Settlement): void {
  for (const result of results) {
    if (result.kind === 'moved' && result.route.kind === 'held')
      log.info('queue.held', {
        message: message.messageId,
        recipient: result.recipient.address,
        heldFor: result.route.reason,
      })
    if (result.kind !== 'verdict') continue
    logOutcome(log, message, hop, result)
    witness?.settled(settledOf(message, result))
  }
}

/** Of a delivery here the store's own event tells. */
function logOutcome(log: Log, { messageId }: QueuedMessage, hop: string, result: Verdicted): void {
  const { recipient, outcome, verdict } = result
  const facts = { message: messageId, recipient: recipient.address, hop }
  if (outcome.kind === 'delivered') {
    if (hop !== localHop) log.info('queue.relayed', { ...facts, reply: outcome.reply })
    return
  }
  const { status, reply, class: why } = outcome
  log.info('queue.refused', { ...facts, class: why, status, reply, willRetry: verdict.kind === 'later' })
}

type Verdicted = Extract<Result, { kind: 'verdict' }>

function settledOf(message: QueuedMessage, { recipient, outcome, verdict }: Verdicted) {
  const { messageId, accountId, origin, sender } = message
  return {
    ...{ messageId, accountId, origin, sender },
    recipient: recipient.address,
    outcome,
    isFinal: verdict.kind !== 'later',
  }
}
