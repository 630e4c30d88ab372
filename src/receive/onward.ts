// Mail from other servers that goes on from here: its return path (SRS), and who hears when it does not arrive.

import type { Resolver } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { Log } from '#io/log.ts'
import type { NewMessage } from '#queue/queue.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Verified } from '#verify/facts.ts'
import { type Destinations, deliveredToFields, type Elsewhere, forwardersOf } from './destinations.ts'
import { queueParameters, queueRecipients, type Taken } from './taken.ts'

export interface OnwardNeeds {
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly log: Log
  readonly returnPaths: Pick<ReturnPaths, 'srs'>
}

export interface Onward {
  readonly taken: Taken
  readonly destinations: Destinations
  /** What stands before the message in copies that stay here, too. */
  readonly fields: string
  readonly spooled: SpooledMessage
  readonly verified: Verified | undefined
}

/** For the queue, which delivers what stays here with it. */
export async function onwardMessage(needs: OnwardNeeds, onward: Onward): Promise<NewMessage> {
  const { taken, fields, spooled } = onward
  const { here, elsewhere } = onward.destinations
  const destinations = isForged(onward.verified) ? { here, elsewhere: elsewhere.map(untold) } : onward.destinations
  const { messageId, path } = taken.sender
  const forwarders = forwardersOf(elsewhere)
  needs.log.info('receive.goes-on', {
    message: messageId,
    forwarders: forwarders.map(({ address }) => address).join(' '),
    recipients: elsewhere.length,
  })
  const accountId = forwarders.find(({ account }) => account !== undefined)?.account?.accountId
  return {
    messageId,
    accountId: accountId ?? 0,
    origin: forwarders.length === 0 ? 'return' : 'forward',
    sender: path?.address ?? '',
    returnPath: await returnPathOf(needs, taken, forwarders[0]?.domain),
    parameters: queueParameters(taken, destinations),
    recipients: queueRecipients(taken, destinations, { mayWait: false }),
    fields: deliveredToFields(forwarders) + fields,
    spooled,
    releaseAt: undefined,
    heldFor: undefined,
  }
}

/** A sender of one of our domains stands as it is: its domain names this server anyway. `domain`: of the one who sends it on. */
async function returnPathOf(
  { resolver, returnPaths }: OnwardNeeds,
  { sender: { path } }: Taken,
  domain: string | undefined,
): Promise<string> {
  if (path?.domain === undefined || domain === undefined) return path?.address ?? ''
  const { localPart } = path
  const resolution = await resolver.resolve(localPart, path.domain)
  if (resolution.kind !== 'not-local') return path.address
  return await returnPaths.srs({ localPart, domain: path.domain }, domain)
}

function untold({ parameters, ...one }: Elsewhere): Elsewhere {
  return { ...one, parameters: { ...parameters, notify: ['NEVER'] } }
}

/** It says that it is from somebody who says that it is not: a report of its failure would come to one who never wrote it. */
function isForged(verified: Verified | undefined): boolean {
  if (verified === undefined || verified.dmarc.result === 'pass') return false
  return verified.dmarc.result === 'fail' || verified.spf === 'fail' || verified.spf === 'softfail'
}
