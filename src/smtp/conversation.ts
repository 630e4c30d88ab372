// What the files of the commands see of the session.

import type { Account } from '#accounts/account.ts'
import type { Channel } from '#io/channel.ts'
import type { Transaction } from '#receive/intake.ts'
import type { SmtpEvent } from '#wire/smtp/receiver.ts'
import type { Refusal, RefusalName, RefusalValues } from '#wire/smtp/refusals.ts'
import type { Reply } from '#wire/smtp/reply.ts'
import type { SmtpLimits } from './limits.ts'
import type { SmtpNeeds } from './needs.ts'

/** What a command comes to. Whether it was taken decides where the state table leads. */
export type Answer = Reply | Refusal

/** From a MAIL that was taken to the message's end. */
export interface OpenTransaction {
  readonly messageId: string
  readonly intake: Transaction
  /** RCPTs taken so far. */
  recipients: number
}

export interface Conversation {
  readonly needs: SmtpNeeds
  readonly limits: SmtpLimits
  readonly channel: Channel
  /** What the client called itself, and whether by EHLO; undefined until it did. */
  hello: { readonly name: string; readonly extended: boolean } | undefined
  /** Who has logged in. */
  readonly account: Account | undefined
  /** Whether that account was disabled or removed since. */
  readonly isAccountGone: boolean
  transaction: OpenTransaction | undefined
  newMessageId(): string
  /** From here on the session is the account's. */
  logIn(account: Account): Promise<void>
  /** Queues an intermediate reply (334, 354), or one that must leave before the command is done. */
  say(reply: Reply): void
  /** A refusal in which `{hostname}` is filled in. */
  refuse(reason: RefusalName, values?: RefusalValues): Refusal
  /** What follows is a message: `nextOfData` until its end. Rejects with ChannelError if the client goes before. */
  expectData(): void
  nextOfData(): Promise<SmtpEvent>
  /** The next line, a SASL response: '' and longer; undefined if it was too long or broken. */
  saslLine(): Promise<string | undefined>
  /** Takes the handshake and forgets everything the client has said (RFC 3207 4.2). */
  startTls(): Promise<void>
}
