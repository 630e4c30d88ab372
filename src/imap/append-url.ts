// CATENATE's URL (RFC 4469 3): the octets it names go into the message under way, as they are.

import type { Account } from '#accounts/account.ts'
import type { Conversation } from './conversation.ts'
import { rangeBytes } from './limits.ts'
import type { Reply } from './reply.ts'
import { noRoomFor, type Room } from './upload-room.ts'
import { authorizedOctets } from './url-auth.ts'
import { isHere, isOwn, octetsOf, readUrl, type UrlOctets } from './url-octets.ts'

/** A problem, if it can't be had. */
export async function appendUrl(
  conversation: Conversation,
  account: Account,
  { url, room }: { readonly url: string; readonly room: Room },
): Promise<Reply | undefined> {
  const octets = await urlOctets(conversation, account, url)
  if (octets === undefined) {
    return { status: 'NO', code: { code: 'BADURL', url }, text: 'This URL names nothing that you may read' }
  }
  const { uploads } = conversation
  const problem = await noRoomFor(conversation, room, octets.sizeBytes)
  if (problem !== undefined) return problem
  uploads.begin('url')
  await conversation.breathe()
  for (let start = 0; start < octets.sizeBytes; start += rangeBytes) {
    await uploads.take(await octets.read(start, Math.min(start + rangeBytes, octets.sizeBytes)))
    await conversation.breathe()
  }
  return undefined
}

/** Of the account's own messages and of those that others have given out; undefined if the URL is wrong, or gives this account nothing. */
async function urlOctets(conversation: Conversation, account: Account, text: string): Promise<UrlOctets | undefined> {
  const url = readUrl(text)
  if (url === undefined) return undefined
  if (url.authorization !== undefined) return await authorizedOctets(conversation, account, url)
  return isHere(conversation, url) && isOwn(account, url) ? await octetsOf(conversation, account, url) : undefined
}
