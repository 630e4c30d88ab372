// URLs that carry their own authorization (RFC 4467): a keyed hash over all that the URL says, its expiry and its user included.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Account } from '#accounts/account.ts'
import { fromLatin1 } from '#text/bytes.ts'
import type { ImapUrl, UrlAuthorization } from '#wire/imap/url.ts'
import type { Conversation } from './conversation.ts'
import { findMailbox } from './mailboxes.ts'
import { isHere, isNamed, octetsOf, type UrlOctets } from './url-octets.ts'

/** The one mechanism, which every server has: only the server that made the token can tell whether it is right. */
export const mechanism = 'INTERNAL'

/** The token of a rump, in hexadecimal. */
export function tokenOf(key: Uint8Array, rump: string): string {
  return createHmac('sha256', key).update(fromLatin1(rump)).digest('hex')
}

/** Undefined if the URL gives this client nothing: for which of many reasons is not told. */
export async function authorizedOctets(
  conversation: Conversation,
  account: Account,
  url: ImapUrl,
): Promise<UrlOctets | undefined> {
  const { authorization } = url
  if (authorization?.proof?.mechanism !== mechanism || !isHere(conversation, url)) return undefined
  const giver = await giverOf(conversation, account, url)
  if (
    giver === undefined ||
    !mayUse(conversation, account, { giver, authorization }) ||
    !(await isProven(conversation, giver, url))
  )
    return undefined
  return await octetsOf(conversation, giver, url)
}

/** `submit+` is for a submission server that acts for its user: none logs in here. */
function mayUse(
  { needs }: Conversation,
  account: Account,
  { giver, authorization }: { readonly giver: Account; readonly authorization: UrlAuthorization },
): boolean {
  const { expiresAt, access } = authorization
  if (expiresAt !== undefined && expiresAt <= needs.clock.now()) return false
  return access.kind === 'user' ? isMeantBy(giver, access.user, account) : access.kind !== 'submit'
}

/** Whether the `user` of the giver's URL is that account: without a domain it is one of the giver's own domain, nobody of the same name elsewhere. */
export function isMeantBy(
  giver: Pick<Account, 'address'>,
  user: string,
  { address }: Pick<Account, 'address'>,
): boolean {
  const domain = giver.address.slice(giver.address.lastIndexOf('@'))
  const whole = user.includes('@') ? user : user + domain
  return whole.toLowerCase() === address.toLowerCase()
}

async function giverOf({ needs }: Conversation, account: Account, { server }: ImapUrl): Promise<Account | undefined> {
  if (server?.user === undefined) return undefined
  if (isNamed(account, server.user)) return account
  // Who logs in by a name without a domain writes it so: whoever is meant, the token tells whether it was them.
  const domain = account.address.slice(account.address.lastIndexOf('@'))
  const giver = await needs.accounts.named(server.user.includes('@') ? server.user : `${server.user}${domain}`)
  return giver === undefined || giver.disabled ? undefined : giver
}

async function isProven(
  conversation: Conversation,
  giver: Account,
  { mailbox, authorization }: ImapUrl,
): Promise<boolean> {
  const found = mailbox === undefined ? undefined : await findMailbox(conversation, giver, mailbox)
  if (found === undefined || authorization?.proof === undefined) return false
  const place = { accountId: giver.accountId, ownerId: found.accountId, mailboxId: found.mailbox.mailboxId }
  const key = await conversation.needs.store.urlKey(place)
  if (key === undefined) return false
  const wanted = fromLatin1(tokenOf(key, authorization.rump))
  const given = fromLatin1(authorization.proof.token.toLowerCase())
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
