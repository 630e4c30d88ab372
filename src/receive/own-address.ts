// Whether an address belongs to who has logged in: whatever would be delivered to the account may be sent from by it.

import type { Account, Resolver } from '#accounts/account.ts'
import { parseAddressList } from '#mail/address-list.ts'
import { fieldsNamed, type Header } from '#mail/header.ts'
import { maxFromAddresses } from './limits.ts'

export async function isOwnAddress(
  resolver: Resolver,
  account: Account,
  address: { readonly localPart: string; readonly domain: string | undefined },
): Promise<boolean> {
  const resolution = await resolver.resolve(address.localPart, address.domain)
  return resolution.kind === 'account' && resolution.account.accountId === account.accountId
}

/** The first address of From that is not the account's, for the verdict; undefined if all are, or there is none. */
export async function foreignFrom(
  resolver: Resolver,
  account: Account,
  header: Header,
): Promise<{ readonly address: string; readonly user: string } | undefined> {
  let asked = 0
  for (const { mailbox, host } of fieldsNamed(header, 'from').flatMap(field => parseAddressList(field.value))) {
    if (mailbox === undefined || host === undefined) continue // the mark of a group
    asked += 1
    const own =
      asked <= maxFromAddresses &&
      (await isOwnAddress(resolver, account, { localPart: mailbox, domain: host.toLowerCase() }))
    if (!own) return { address: `${mailbox}@${host}`, user: account.address }
  }
  return undefined
}
