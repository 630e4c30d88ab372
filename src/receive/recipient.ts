// One RCPT: where does mail to this address go, and is there room (RFC 5321 3.3, 3.4, 4.5.3.1)? Into mailboxes here, on to addresses elsewhere, or both.

import type { Forwarder, Forwarding, Resolution, Resolver } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { Log } from '#io/log.ts'
import { type MailAddress, printAddress } from '#mail/address.ts'
import { isSrs } from '#mail/srs.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { maxPlaces } from './limits.ts'
import { noRoom, type RoomNeeds } from './room.ts'

export interface RecipientNeeds extends RoomNeeds {
  readonly resolver: Resolver
  readonly log: Log
  readonly returnPaths: Pick<ReturnPaths, 'readVerp' | 'readSrs'>
}

export interface RecipientQuestion {
  readonly path: Path
  readonly parameters: RecipientParameters
  /** What SIZE= said, octets. */
  readonly declaredBytes: number
  /** MAIL FROM is the null path. */
  readonly isFromNobody: boolean
  /** The "no" to an address that is not on this server; undefined: it is taken. */
  readonly elsewhere: 'relay-denied' | 'not-ours' | undefined
}

/** A recipient that was taken. */
export interface TakenRecipient {
  /** As the envelope named it. */
  readonly address: string
  readonly parameters: RecipientParameters
  readonly mailboxes: readonly MailboxPlace[]
  readonly elsewhere: readonly OtherPlace[]
}

export interface MailboxPlace {
  readonly accountId: number
  /** `x` of `alice+x@`. */
  readonly detail: string | undefined
}

/** An address at another server. */
export interface OtherPlace {
  readonly address: string
  /** Who sends it on; undefined: the envelope named it, or it is a return. */
  readonly forwarder: Forwarder | undefined
}

export type Recipient = { readonly kind: 'recipient'; readonly recipient: TakenRecipient } | Refusal

type Places = Pick<TakenRecipient, 'mailboxes' | 'elsewhere'>

export async function findRecipient(needs: RecipientNeeds, question: RecipientQuestion): Promise<Recipient> {
  const { path, parameters, declaredBytes } = question
  const { address } = path
  // A token of ours is no detail: it names a message, and no mailbox (RFC 5233).
  const verp = path.domain === undefined ? undefined : needs.returnPaths.readVerp({ ...path, domain: path.domain })
  const resolution = await needs.resolver.resolve(verp?.localPart ?? path.localPart, path.domain)
  if (resolution.kind === 'forward' && resolution.isCut) needs.log.warn('receive.too-many-targets', { address })
  const places = (await placesOfReturn(needs, question, resolution)) ?? placesOf(needs, question, resolution)
  if ('kind' in places) return places
  const full = await noRoomForAny(needs, { recipients: [{ address, ...places }], sizeBytes: declaredBytes })
  return full ?? { kind: 'recipient', recipient: { address, parameters, ...places } }
}

/** Undefined: the message may have it besides those it has. A few names of aliases are many rows, and all are written at once. */
export function tooManyPlaces(taken: readonly TakenRecipient[], one: TakenRecipient): Refusal | undefined {
  if (taken.length === 0) return undefined
  let count = 0
  for (const { mailboxes, elsewhere } of [...taken, one]) count += mailboxes.length + elsewhere.length
  return count > maxPlaces ? refuse('too-many-recipients', { limit: taken.length }) : undefined
}

/** Undefined: it is no return (SRS) that was signed here. */
async function placesOfReturn(
  { resolver, returnPaths }: RecipientNeeds,
  { path, isFromNobody }: RecipientQuestion,
  resolution: Resolution,
): Promise<Places | Refusal | undefined> {
  if (!isSrs(path.localPart) || resolution.kind === 'not-local') return undefined
  const sender = await returnPaths.readSrs(path.localPart)
  if (sender === undefined) return undefined
  // Nobody else's mail: who has seen the address of a return could send through this server by it.
  if (!isFromNobody) return refuse('returns-only', { address: path.address })
  const found = await resolver.resolve(sender.localPart, sender.domain)
  return found.kind === 'not-local' ? otherServer(sender) : (placesHere(found) ?? undefined)
}

function placesOf(
  { hostname }: RecipientNeeds,
  { path, elsewhere }: RecipientQuestion,
  resolution: Resolution,
): Places | Refusal {
  const { address, localPart, domain } = path
  if (resolution.kind === 'not-local' && elsewhere === undefined && domain !== undefined)
    return otherServer({ localPart, domain })
  if (resolution.kind === 'not-local') return refuse(elsewhere ?? 'no-such-mailbox', { address, hostname })
  if (resolution.kind === 'disabled') return refuse('mailbox-disabled', { address, hostname })
  return placesHere(resolution) ?? refuse('no-such-mailbox', { address })
}

function otherServer(address: MailAddress): Places {
  return { mailboxes: [], elsewhere: [{ address: printAddress(address), forwarder: undefined }] }
}

function placesHere(resolution: Resolution): Places | undefined {
  if (resolution.kind === 'forward') return ofForwarding(resolution)
  if (resolution.kind !== 'account') return undefined
  const { account, detail } = resolution
  return { mailboxes: [{ accountId: account.accountId, detail }], elsewhere: [] }
}

function ofForwarding({ mailboxes, elsewhere }: Forwarding): Places | undefined {
  if (mailboxes.length === 0 && elsewhere.length === 0) return undefined
  return { mailboxes: mailboxes.map(({ account, detail }) => ({ accountId: account.accountId, detail })), elsewhere }
}

/**
 * The refusal, if none of these recipients has room for the message: at RCPT, and when it turned out larger than its sender declared. One who has
 * vouches for the others, who were taken already; their mailboxes go over the limit by this message. Elsewhere there is room as far as anybody knows.
 */
export async function noRoomForAny(
  needs: RoomNeeds,
  {
    recipients,
    sizeBytes,
  }: { readonly recipients: readonly (Places & { readonly address: string })[]; readonly sizeBytes: number },
): Promise<Refusal | undefined> {
  let refusal: Refusal | undefined
  for (const { address, mailboxes, elsewhere } of recipients) {
    if (elsewhere.length > 0) return undefined
    for (const { accountId } of mailboxes) {
      const full = await noRoom(needs, { accountId, address, sizeBytes })
      if (full === undefined) return undefined
      refusal ??= full
    }
  }
  return refusal
}
