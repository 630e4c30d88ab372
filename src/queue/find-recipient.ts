// One recipient here at its release: whose address is it now, and is there room? As RCPT asks it, for things change while a message waits.

import type { Resolver } from '#accounts/account.ts'
import { parseAddress } from '#mail/address.ts'
import type { Store } from '#store/store.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'

export interface FindNeeds {
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly store: Pick<Store, 'limitOf'>
  readonly hostname: string
}

export interface FoundPlace {
  readonly accountId: number
  readonly detail: string | undefined
}

export type Found =
  | {
      readonly kind: 'found'
      readonly mailboxes: readonly FoundPlace[]
      /** Addresses at other hosts to which it goes on. */
      readonly elsewhere: readonly string[]
    }
  /** It is not ours any more. */
  | { readonly kind: 'not-local' }
  | Refusal

export async function findRecipient(needs: FindNeeds, address: string, sizeBytes: number): Promise<Found> {
  const { resolver, hostname } = needs
  const { localPart, domain } = parseAddress(address) ?? { localPart: address, domain: undefined }
  const resolution = await resolver.resolve(localPart, domain)
  switch (resolution.kind) {
    case 'not-local':
      return { kind: 'not-local' }
    case 'no-such-mailbox':
      return refuse('no-such-mailbox', { address })
    case 'disabled':
      return refuse('mailbox-disabled', { address, hostname })
    case 'account': {
      const place = { accountId: resolution.account.accountId, detail: resolution.detail }
      return await found(needs, { address, sizeBytes, mailboxes: [place], elsewhere: [] })
    }
    case 'forward': {
      const mailboxes = resolution.mailboxes.map(({ account, detail }) => ({ accountId: account.accountId, detail }))
      const elsewhere = resolution.elsewhere.map(target => target.address)
      if (mailboxes.length + elsewhere.length === 0) return refuse('no-such-mailbox', { address })
      return await found(needs, { address, sizeBytes, mailboxes, elsewhere })
    }
  }
}

interface Wanted {
  readonly address: string
  readonly sizeBytes: number
  readonly mailboxes: readonly FoundPlace[]
  readonly elsewhere: readonly string[]
}

/** One way that is open vouches for the others: those mailboxes go over their limit by this message. */
async function found(needs: FindNeeds, { address, sizeBytes, mailboxes, elsewhere }: Wanted): Promise<Found> {
  let full: Refusal | undefined
  for (const { accountId } of elsewhere.length > 0 ? [] : mailboxes) {
    const refusal = await noRoom(needs, { accountId, address, sizeBytes })
    if (refusal === undefined) return { kind: 'found', mailboxes, elsewhere }
    full ??= refusal
  }
  return full ?? { kind: 'found', mailboxes, elsewhere }
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
