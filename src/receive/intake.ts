// What SMTP asks of the rest of the server, as a delivery contract: begin, add recipients, then commit a message or abort.
// Three real ones: mx.ts takes mail from other servers, submission.ts from our users' mail programs, lmtp.ts from a mail server in front of us.

import type { Account } from '#accounts/account.ts'
import type { TlsDetails } from '#io/channel.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'

/** What is known of the peer. */
export interface Client {
  /** The IP address: the real one, whoever stands between. */
  readonly address: string
  readonly port: number
  /** Its name, from a trusted peer that has looked it up (XCLIENT NAME). */
  readonly name: string | undefined
  /** What it called itself, as sent. */
  readonly hello: string
  readonly protocol: 'SMTP' | 'ESMTP' | 'LMTP'
  readonly tls: TlsDetails | undefined
  /** Who has logged in. */
  readonly account: Account | undefined
  /** The channel's id, for the log. */
  readonly connection: string
}

/** Where a message came into the peer's own network (XFORWARD): for the log, nothing is decided by it. */
export interface XforwardFacts {
  readonly name?: string
  readonly address?: string
  readonly port?: string
  readonly hello?: string
  readonly protocol?: string
  readonly identity?: string
  readonly source?: string
}

export interface Sender {
  /** The id that this message has from here on: in the log, in Received, in the reply. */
  readonly messageId: string
  /** Undefined for the null path. */
  readonly path: Path | undefined
  readonly parameters: MailParameters
  readonly origin: XforwardFacts | undefined
}

/** What the transport saw of the message and the store does not keep. */
export interface TransferFacts {
  readonly bareLineEnd: 'CR' | 'LF' | undefined
  readonly body: 'DATA' | 'BDAT'
}

export interface Intake {
  begin(client: Client, sender: Sender): Transaction | Refusal | Promise<Transaction | Refusal>
}

export type Committed =
  /** The message is ours and durable for each recipient taken. */
  | {
      readonly kind: 'taken' /** It waits until then (RFC 4865), milliseconds since 1970. */
      readonly heldUntil?: number
    }
  /** Nobody has it. */
  | Refusal
  /** LMTP: for each recipient taken, in their order; undefined: delivered. */
  | { readonly kind: 'each'; readonly outcomes: readonly (Refusal | undefined)[] }

export interface Transaction {
  readonly kind: 'transaction'
  /** Fields that the message loses as it streams in. */
  readonly unwanted: Unwanted
  /** How bare CR and LF in it are taken. */
  readonly bareLineEnds: BareLineEnds
  /** Undefined: taken. */
  recipient(path: Path, parameters: RecipientParameters): Promise<Refusal | undefined>
  /** Called once, with at least one recipient. */
  commit(message: SpooledMessage, facts: TransferFacts): Promise<Committed>
  /** Ends it without a message. */
  abort(): void
}

export type BareLineEnds = 'refuse' | 'normalise'
