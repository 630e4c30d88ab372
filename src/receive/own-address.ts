// Whether the addresses of From belong to who has logged in: whatever would be delivered to the account may be sent from by it, and what it was granted.

import type { Account, Resolver } from '#accounts/account.ts'
import { parseAddressList } from '#mail/address-list.ts'
import { fieldsNamed, type Header } from '#mail/header.ts'
import { fromLatin1, utf8 } from '#text/bytes.ts'
import { maxFromAddresses } from './limits.ts'

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
    const [localPart, domain] = [unicode(mailbox), unicode(host).toLowerCase()]
    const own = asked <= maxFromAddresses && (await resolver.maySendAs(account, localPart, domain))
    if (!own) return { address: `${localPart}@${unicode(host)}`, user: account.address }
  }
  return undefined
}

const beyondAscii = /[^\0-\x7f]/

/** RFC 6532: a header's letters beyond ASCII are UTF-8. */
function unicode(latin1Text: string): string {
  return beyondAscii.test(latin1Text) ? utf8(fromLatin1(latin1Text)).normalize('NFC') : latin1Text
}
