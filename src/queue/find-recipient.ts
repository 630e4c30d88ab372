// One recipient at its release: whose address is it now, and is there room? As RCPT asks it, for things change while a message waits.

import type { Resolver } from '#accounts/account.ts'
import { parseAddress } from '#mail/address.ts'
import type { Store } from '#store/store.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'

export interface FindNeeds {
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly store: Pick<Store, 'limitOf'>
  readonly hostname: string
}

export type Found =
  | { readonly kind: 'found'; readonly accountId: number; readonly detail: string | undefined }
  | Refusal

export async function findRecipient(needs: FindNeeds, address: string, sizeBytes: number): Promise<Found> {
  const { resolver, hostname } = needs
  const { localPart, domain } = parseAddress(address) ?? { localPart: address, domain: undefined }
  const resolution = await resolver.resolve(localPart, domain)
  switch (resolution.kind) {
    case 'not-local':
      return refuse('no-outbound', { address, hostname })
    case 'no-such-mailbox':
      return refuse('no-such-mailbox', { address })
    case 'disabled':
      return refuse('mailbox-disabled', { address, hostname })
    case 'account': {
      const { accountId } = resolution.account
      const full = await noRoom(needs, { accountId, address, sizeBytes })
      return full ?? { kind: 'found', accountId, detail: resolution.detail }
    }
  }
}

async function noRoom(
  { store, hostname }: FindNeeds,
  { accountId, address, sizeBytes }: { accountId: number; address: string; sizeBytes: number },
): Promise<Refusal | undefined> {
  const limited = await store.limitOf(accountId)
  if (limited === undefined) return undefined
  const { usedBytes, limitBytes, messages, limitMessages } = limited
  if (sizeBytes > limitBytes) return refuse('mailbox-too-small', { address, sizeBytes, limitBytes, hostname })
  const isFull = usedBytes + sizeBytes > limitBytes || messages >= limitMessages
  return isFull ? refuse('mailbox-full', { address }) : undefined
}
