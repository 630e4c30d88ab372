// The carriage's couriers as bringers: they get the message's bytes, and what they say is set down recipient by recipient.

import type { RefusedOutcome } from '#mail/outcome.ts'
import type { Bringer, Brought, Early, Load } from './bringer.ts'
import type { Carriage, Carried, Courier } from './carriage.ts'
import type { SharedBytes } from './shared-bytes.ts'

export interface CourierNeeds {
  readonly carriage: Carriage
  readonly bytes: SharedBytes
}

export async function courierFor(
  { carriage, bytes }: CourierNeeds,
  hop: string,
  signal: AbortSignal,
): Promise<Bringer> {
  const courier = await carriage.courier(hop, signal)
  return {
    mostRecipients: Math.max(1, courier.mostRecipients),
    get isUsable() {
      return courier.isUsable
    },
    get mayLinger() {
      return courier.mayLinger === true
    },
    bring: (load, early) => bring(courier, load, { bytes, early }),
    [Symbol.asyncDispose]: () => courier[Symbol.asyncDispose](),
  }
}

interface BringNeeds {
  readonly bytes: SharedBytes
  readonly early: Early
}

async function bring(courier: Courier, load: Load, { bytes, early }: BringNeeds): Promise<Brought> {
  const { message, recipients } = load
  const { messageId, returnPath, parameters, arrivedAt, fields } = message
  const spooled = load.spooled ?? (await bytes.of(message))
  const carried = await courier.carry({
    ...{ messageId, returnPath, parameters, arrivedAt, fields, spooled },
    recipients: recipients.map(({ address, parameters: own }) => ({ address, parameters: own })),
    taken: (at, outcome, host) => {
      const recipient = recipients[at]
      if (recipient !== undefined) early(recipient, outcome, host)
    },
  })
  const outcomes = recipients.map((recipient, index) => {
    const outcome = carried.outcomes[index]
    if (outcome === undefined) throw new Error(`a courier forgot recipient ${index} of ${messageId}`)
    return { recipient, outcome }
  })
  return { outcomes, moved: [], tries: carried.tries, fate: fateOf(carried) }
}

function fateOf({ outcomes, isOfHop }: Carried): RefusedOutcome | undefined {
  if (!isOfHop) return undefined
  for (const outcome of outcomes) if (outcome.kind !== 'delivered') return outcome
  return undefined
}
