// One RCPT: who is meant, and is there room (RFC 5321 3.3, 4.5.3.1).

import type { Resolver } from '#accounts/account.ts'
import type { LocalRecipient } from '#deliver/local.ts'
import type { Store } from '#store/store.ts'
import type { Path } from '#wire/smtp/command.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'

export interface RecipientNeeds {
  readonly resolver: Resolver
  readonly store: Store
  readonly hostname: string
}

export interface RecipientQuestion {
  readonly path: Path
  /** What SIZE= said, octets. */
  readonly declaredBytes: number
  /** The "no" to an address that is not on this server. */
  readonly elsewhere: 'relay-denied' | 'no-outbound'
}

export type Recipient = { readonly kind: 'recipient'; readonly recipient: LocalRecipient } | Refusal

export async function localRecipient(needs: RecipientNeeds, question: RecipientQuestion): Promise<Recipient> {
  const { path, declaredBytes, elsewhere } = question
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
      const full = await noRoom(needs, { accountId, address, declaredBytes })
      return full ?? { kind: 'recipient', recipient: { accountId, address, detail: resolution.detail } }
    }
  }
}

async function noRoom(
  { store, hostname }: RecipientNeeds,
  { accountId, address, declaredBytes }: { accountId: number; address: string; declaredBytes: number },
): Promise<Refusal | undefined> {
  const limited = await store.limitOf(accountId)
  if (limited === undefined) return undefined
  const { usedBytes, limitBytes } = limited
  // No making of room would help: the sender must know at once, not after days of retries.
  if (declaredBytes > limitBytes)
    return refuse('mailbox-too-small', { address, sizeBytes: declaredBytes, limitBytes, hostname })
  return usedBytes >= limitBytes || usedBytes + declaredBytes > limitBytes
    ? refuse('mailbox-full', { address })
    : undefined
}
