// Mail from other servers that the queue takes: what goes on from here, with its return path (SRS), and what its sender wants to hear of; and who
// hears of it.

import type { Forwarder, Resolver } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { Log } from '#io/log.ts'
import { withoutSuccess } from '#queue/notify.ts'
import type { NewMessage } from '#queue/queue.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Verified } from '#verify/facts.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Destinations, type Elsewhere, forwardersOf } from './destinations.ts'
import { marksOf } from './rounds.ts'
import { queueParameters, queueRecipients, type Taken } from './taken.ts'

export interface OnwardNeeds {
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly log: Log
  readonly returnPaths: Pick<ReturnPaths, 'srs' | 'mark'>
}

export interface Onward {
  readonly taken: Taken
  readonly destinations: Destinations
  /** What stands before the message in copies that stay here, too. */
  readonly fields: string
  readonly spooled: SpooledMessage
  readonly verified: Verified | undefined
  /** It comes from a peer that is asked for nothing. */
  readonly isTrusted: boolean
  readonly isJunk?: boolean
}

/** For the queue, which delivers what stays here with it. */
export async function onwardMessage(needs: OnwardNeeds, onward: Onward): Promise<NewMessage> {
  const { fields, spooled, isJunk = false } = onward
  const ask = askedFor(onward)
  const taken = { ...onward.taken, recipients: onward.taken.recipients.map(ask) }
  const destinations = {
    here: onward.destinations.here.map(ask),
    elsewhere: onward.destinations.elsewhere.map(ask).map(oneTells(onward)),
  }
  const { elsewhere } = destinations
  const { messageId, path } = taken.sender
  const forwarders = forwardersOf(elsewhere)
  if (elsewhere.length > 0)
    needs.log.info('receive.goes-on', {
      message: messageId,
      forwarders: forwarders.map(({ address }) => address).join(' '),
      recipients: elsewhere.length,
    })
  return {
    messageId,
    accountId: accountOf(forwarders),
    origin: elsewhere.length > 0 && forwarders.length === 0 ? 'return' : 'forward',
    sender: path?.address ?? '',
    returnPath: await returnPathOf(needs, taken, forwarders[0]?.domain),
    parameters: queueParameters(taken, destinations),
    recipients: queueRecipients(taken, destinations, { mayWait: false }),
    fields: marksOf(needs, forwarders) + fields,
    spooled,
    releaseAt: undefined,
    heldFor: undefined,
    isJunk,
  }
}

/** Nobody's if two accounts send it on: what one of them has to wait for is not the other's. */
function accountOf(forwarders: readonly Forwarder[]): number {
  const accountIds = new Set(forwarders.flatMap(({ account }) => (account === undefined ? [] : [account.accountId])))
  const [accountId = 0] = accountIds
  return accountIds.size === 1 ? accountId : 0
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

/** What of the sender's wishes for reports counts: a report goes to whoever is named there, with a message that somebody else may have written. */
function askedFor({ verified, isTrusted }: Onward) {
  return <T extends { readonly parameters: RecipientParameters }>(one: T): T => {
    if (isForged(verified)) return untold(one)
    return isTrusted || isProven(verified) ? one : { ...one, parameters: withoutSuccess(one.parameters) }
  }
}

/** A sender who is not proven hears of one of those to whom an alias leads: of each that fails, one letter would make a hundred reports for whoever it names. */
function oneTells({ verified, isTrusted }: Onward) {
  return (one: Elsewhere, index: number): Elsewhere =>
    index === 0 || isTrusted || isProven(verified) || one.forwarder === undefined ? one : untold(one)
}

function untold<T extends { readonly parameters: RecipientParameters }>(one: T): T {
  return { ...one, parameters: { ...one.parameters, notify: ['NEVER'] } }
}

/** Whether it is told of deliveries here. */
export function tellsOfDelivery(onward: Pick<Onward, 'taken' | 'destinations' | 'verified' | 'isTrusted'>): boolean {
  const { taken, destinations, verified, isTrusted } = onward
  if (taken.sender.path === undefined || !destinations.here.some(asksForSuccess)) return false
  return !isForged(verified) && (isTrusted || isProven(verified))
}

function asksForSuccess({ parameters }: { readonly parameters: RecipientParameters }): boolean {
  return parameters.notify?.includes('SUCCESS') === true
}

function isProven(verified: Verified | undefined): boolean {
  return verified?.dmarc.result === 'pass' || verified?.spf === 'pass'
}

/** It says that it is from somebody who says that it is not: a report of its failure would come to one who never wrote it. */
function isForged(verified: Verified | undefined): boolean {
  if (verified === undefined || verified.dmarc.result === 'pass') return false
  return verified.dmarc.result === 'fail' || verified.spf === 'fail' || verified.spf === 'softfail'
}
