// What an IMAP URL names (RFC 5092), for CATENATE and URLFETCH: octets of one message of this server, if the account may read it.

import type { Account } from '#accounts/account.ts'
import { ParseError } from '#base/parse-error.ts'
import { indexOfUid, type MailboxView } from '#store/mailbox-view.ts'
import { type ImapUrl, parseImapUrl } from '#wire/imap/url.ts'
import type { Conversation } from './conversation.ts'
import { MessageReader } from './fetch/message-reader.ts'
import { sectionOctets } from './fetch/section-octets.ts'
import { findMailbox, openFound } from './mailboxes.ts'

export interface UrlOctets {
  readonly sizeBytes: number
  /** Octets `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>
}

/** Undefined: it is no URL of a message. */
export function readUrl(text: string): ImapUrl | undefined {
  try {
    return parseImapUrl(text)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return undefined
  }
}

/** Whether the URL means this server: by its own name, by the one the client came to, or by none. */
export function isHere({ needs, channel }: Conversation, { server }: ImapUrl): boolean {
  if (server === undefined) return true
  const names = [needs.hostname, channel.tls?.servername, channel.local.address, `[${channel.local.address}]`]
  return names.some(name => name?.toLowerCase() === server.host)
}

/** Whether the URL's user is that account, by its address or the name before the @. */
export function isNamed({ address }: Account, user: string): boolean {
  const [whole, given] = [address.toLowerCase(), user.toLowerCase()]
  return given === whole || given === whole.slice(0, whole.lastIndexOf('@'))
}

/** Whether the URL means the account's own messages. */
export function isOwn(account: Account, { server }: ImapUrl): boolean {
  return server?.user === undefined || isNamed(account, server.user)
}

/** What the URL names among all that the account may read; undefined if that is nothing. */
export async function octetsOf(
  conversation: Conversation,
  account: Account,
  url: ImapUrl,
): Promise<UrlOctets | undefined> {
  using view = await viewOf(conversation, account, url)
  if (view === undefined || (url.uidValidity !== undefined && url.uidValidity !== view.uidValidity)) return undefined
  const { current } = view
  const messageId = current.messageIds[indexOfUid(current, url.uid)]
  const { store } = conversation.needs
  const message = messageId === undefined ? undefined : await store.message(view.accountId, messageId)
  return message === undefined ? undefined : await sectionOf(new MessageReader(message), url)
}

async function viewOf(
  conversation: Conversation,
  account: Account,
  { mailbox }: ImapUrl,
): Promise<MailboxView | undefined> {
  if (mailbox === undefined) {
    const { selected, needs } = conversation
    // The right to read it may have been lost meanwhile.
    if (selected === undefined || selected.view.gone) return undefined
    return await needs.store.openView(selected.view.accountId, selected.view.mailboxId)
  }
  const found = await findMailbox(conversation, account, mailbox)
  return found?.rights.includes('r') ? await openFound(conversation, account, found) : undefined
}

async function sectionOf(reader: MessageReader, { section, partial }: ImapUrl): Promise<UrlOctets | undefined> {
  const cut = partial && { start: partial.start, length: partial.length ?? reader.sizeBytes }
  const found = await sectionOctets(reader, { section, partial: cut })
  if (found === undefined) return undefined
  if (found.kind === 'octets') {
    const { octets } = found
    return { sizeBytes: octets.length, read: async (start, end) => octets.subarray(start, end) }
  }
  return {
    sizeBytes: found.end - found.start,
    read: (start, end) => reader.read(found.start + start, found.start + end),
  }
}
