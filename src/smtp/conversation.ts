// What the files of the commands see of the session.

import type { Account } from '#accounts/account.ts'
import type { Channel } from '#io/channel.ts'
import type { Transaction, XforwardFacts } from '#receive/intake.ts'
import type { MailParameters } from '#wire/smtp/parameters.ts'
import type { SmtpEvent } from '#wire/smtp/receiver.ts'
import type { Refusal, RefusalName, RefusalValues } from '#wire/smtp/refusals.ts'
import type { Reply } from '#wire/smtp/reply.ts'
import type { SmtpLimits } from './limits.ts'
import type { MessageStream } from './message-stream.ts'
import type { SmtpNeeds } from './needs.ts'

/** What a command comes to. Whether it was taken decides where the state table leads. */
export type Answer = Reply | Refusal

/** From a MAIL that was taken to the message's end. */
export interface OpenTransaction {
  readonly messageId: string
  readonly intake: Transaction
  readonly parameters: MailParameters
  /** The addresses of the RCPTs taken so far, as written. */
  readonly recipients: string[]
  /** The message, while it comes in chunks. */
  stream: MessageStream | undefined
}

/** Whom the session is with: the other end of the channel, or whom that speaks for (XCLIENT). */
export interface Peer {
  /** The IP address; `unix` for a unix socket. */
  readonly address: string
  readonly port: number
  /** What XCLIENT told: these stand above what the client says itself. */
  readonly name?: string | undefined
  readonly hello?: string | undefined
  readonly protocol?: 'SMTP' | 'ESMTP' | undefined
}

export interface Hello {
  /** What the client called itself. */
  readonly name: string
  readonly protocol: 'SMTP' | 'ESMTP' | 'LMTP'
  /** The keywords of EHLO: others have no parameters here. */
  readonly offered: ReadonlySet<string>
}

export interface Conversation {
  readonly needs: SmtpNeeds
  readonly limits: SmtpLimits
  readonly channel: Channel
  peer: Peer
  /** What the client said first, and was told; undefined until it did. */
  hello: Hello | undefined
  /** Who has logged in. */
  readonly account: Account | undefined
  /** Whether that account was disabled or removed since. */
  readonly isAccountGone: boolean
  transaction: OpenTransaction | undefined
  /** What XFORWARD has told of the transaction to come. */
  origin: XforwardFacts | undefined
  /** MAIL commands so far. */
  mails: number
  /** Domains of the recipients taken so far. */
  readonly recipientDomains: Set<string>
  newMessageId(): string
  /** From here on the session is the account's. */
  logIn(account: Account): Promise<void>
  /** Queues an intermediate reply (334, 354), or one that must leave before the command is done. */
  say(reply: Reply): void
  /** A refusal in which `{hostname}` is filled in. */
  refuse(reason: RefusalName, values?: RefusalValues): Refusal
  /** What follows is a message, or a chunk of one: `nextOfData` until its end. Rejects with ChannelError if the client goes before, with SessionEnd if it is too slow. */
  expectData(): void
  expectChunk(sizeBytes: number): void
  nextOfData(): Promise<SmtpEvent>
  /** The next line, a SASL response: '' and longer; or the refusal of one that was too long or broken. */
  saslLine(): Promise<string | Refusal>
  /** Takes the handshake and forgets everything the client has said (RFC 3207 4.2). */
  startTls(): Promise<void>
  /** Begins anew with somebody else (XCLIENT). */
  beginAnew(peer: Peer): void
}
