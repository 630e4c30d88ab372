// What SMTP asks of the rest of the server, as a delivery contract: begin, add recipients, then commit a message or abort.
// Two real ones: mx.ts takes mail from other servers, submission.ts from our users' mail programs.

import type { Account } from '#accounts/account.ts'
import type { TlsDetails } from '#io/channel.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'

/** What is known of the peer. */
export interface Client {
  /** The IP address. */
  readonly address: string
  /** What it called itself, as sent. */
  readonly hello: string
  /** Whether with EHLO. */
  readonly extended: boolean
  readonly tls: TlsDetails | undefined
  /** Who has logged in. */
  readonly account: Account | undefined
}

export interface Sender {
  /** The id that this message has from here on: in the log, in Received, in the reply. */
  readonly messageId: string
  /** Undefined for the null path. */
  readonly path: Path | undefined
  /** What SIZE= said, octets; 0 if nothing. */
  readonly declaredBytes: number
}

/** What the transport saw of the message and the store does not keep. */
export interface TransferFacts {
  readonly bareLineEnd: 'CR' | 'LF' | undefined
}

export interface Intake {
  begin(client: Client, sender: Sender): Promise<Transaction | Refusal>
}

export interface Transaction {
  readonly kind: 'transaction'
  /** Undefined: taken. */
  recipient(path: Path): Promise<Refusal | undefined>
  /** Undefined: the message is ours and durable for each recipient taken. Else nobody has it. Called once, with at least one recipient. */
  commit(message: SpooledMessage, facts: TransferFacts): Promise<Refusal | undefined>
  /** Ends it without a message. */
  abort(): void
}
