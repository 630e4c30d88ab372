// One RCPT: who is meant, and is there room (RFC 5321 3.3, 4.5.3.1).

import type { Resolver } from '#accounts/account.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { noRoom, type RoomNeeds } from './room.ts'

export interface RecipientNeeds extends RoomNeeds {
  readonly resolver: Resolver
}

export interface RecipientQuestion {
  readonly path: Path
  readonly parameters: RecipientParameters
  /** What SIZE= said, octets. */
  readonly declaredBytes: number
  /** The "no" to an address that is not on this server. */
  readonly elsewhere: 'relay-denied' | 'no-outbound' | 'not-ours'
}

/** A recipient that was taken. */
export interface TakenRecipient {
  readonly accountId: number
  /** As the envelope named it. */
  readonly address: string
  /** `x` of `alice+x@`. */
  readonly detail: string | undefined
  readonly parameters: RecipientParameters
}

export type Recipient = { readonly kind: 'recipient'; readonly recipient: TakenRecipient } | Refusal

export async function localRecipient(needs: RecipientNeeds, question: RecipientQuestion): Promise<Recipient> {
  const { path, parameters, declaredBytes: sizeBytes, elsewhere } = question
  const { hostname } = needs
  const { address } = path
  const resolution = await needs.resolver.resolve(path.localPart, path.domain)
  switch (resolution.kind) {
    case 'not-local':
      return refuse(elsewhere, { address, hostname })
    case 'no-such-mailbox':
      return refuse('no-such-mailbox', { address })
    case 'disabled':
      return refuse('mailbox-disabled', { address, hostname })
    case 'account': {
      const { accountId } = resolution.account
      const full = await noRoom(needs, { accountId, address, sizeBytes })
      return full ?? { kind: 'recipient', recipient: { accountId, address, detail: resolution.detail, parameters } }
    }
  }
}

/**
 * A message turned out larger than its sender declared: the refusal, if none of its recipients has room for it. One who has vouches for
 * the others, who were taken already; their mailboxes go over the limit by this message.
 */
export async function noRoomForAny(
  needs: RoomNeeds,
  { recipients, sizeBytes }: { readonly recipients: readonly TakenRecipient[]; readonly sizeBytes: number },
): Promise<Refusal | undefined> {
  let refusal: Refusal | undefined
  for (const { accountId, address } of recipients) {
    const full = await noRoom(needs, { accountId, address, sizeBytes })
    if (full === undefined) return undefined
    refusal ??= full
  }
  return refusal
}
