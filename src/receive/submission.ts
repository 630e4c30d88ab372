// Mail from our users' mail programs (465, 587): as an address of their own, header made complete (RFC 6409).
// Until there is an outbound queue, only to mailboxes of this server.

import type { Account, Resolver } from '#accounts/account.ts'
import type { LocalDelivery, LocalRecipient } from '#deliver/local.ts'
import type { Clock } from '#io/clock.ts'
import { fieldsNamed, type Header, readHeader } from '#mail/header.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { printMailDate } from '#text/date.ts'
import type { Path } from '#wire/smtp/command.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import type { Client, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import { localRecipient, type RecipientNeeds } from './local-recipient.ts'
import { foreignFrom, isOwnAddress } from './own-address.ts'
import { receivedField } from './received.ts'
import { verdict } from './verdict.ts'

export interface SubmissionNeeds extends RecipientNeeds {
  readonly resolver: Resolver
  readonly delivery: LocalDelivery
  readonly clock: Clock
}

export function submissionIntake(needs: SubmissionNeeds): Intake {
  return {
    async begin(client, sender) {
      const { account } = client
      if (account === undefined) return refuse('log-in-first')
      const { path } = sender
      // The null path is taken: mail programs send receipts with it (RFC 8098 2.1).
      if (path !== undefined && !(await isOwnAddress(needs.resolver, account, path)))
        return refuse('not-your-address', { address: path.address, user: account.address, hostname: needs.hostname })
      return new SubmissionTransaction(needs, { client, account, sender })
    },
  }
}

class SubmissionTransaction implements Transaction {
  readonly kind = 'transaction'
  readonly #needs: SubmissionNeeds
  readonly #client: Client
  readonly #account: Account
  readonly #sender: Sender
  readonly #recipients: LocalRecipient[] = []

  constructor(needs: SubmissionNeeds, begun: { client: Client; account: Account; sender: Sender }) {
    this.#needs = needs
    this.#client = begun.client
    this.#account = begun.account
    this.#sender = begun.sender
  }

  async recipient(path: Path): Promise<Refusal | undefined> {
    const { declaredBytes } = this.#sender
    const found = await localRecipient(this.#needs, { path, declaredBytes, elsewhere: 'no-outbound' })
    if (found.kind === 'refused') return found
    this.#recipients.push(found.recipient)
    return undefined
  }

  async commit(spooled: SpooledMessage, { bareLineEnd }: TransferFacts): Promise<Refusal | undefined> {
    const { resolver, hostname, delivery } = this.#needs
    const { messageId, path } = this.#sender
    const header = readHeader(spooled.head)
    const facts = {
      bareLineEnd,
      receivedFields: fieldsNamed(header, 'received').length,
      foreignFrom: await foreignFrom(resolver, this.#account, header),
    }
    const refusal = verdict(facts, hostname)
    if (refusal !== undefined) return refusal
    const recipients = this.#recipients
    await delivery.deliver({
      messageId,
      sender: path?.address ?? '',
      recipients,
      fields: this.#fields(header),
      spooled,
    })
    return undefined
  }

  abort(): void {
    this.#recipients.length = 0
  }

  #fields(header: Header): string {
    const { hostname, clock } = this.#needs
    const { messageId } = this.#sender
    const now = clock.now()
    const onlyRecipient = this.#recipients.length === 1 ? this.#recipients[0]?.address : undefined
    const received = receivedField({ client: this.#client, hostname, messageId, onlyRecipient, now })
    return received + missingFields(header, { messageId, hostname, now })
  }
}

/** RFC 6409 8.2, 8.3: Date and Message-ID for a mail program that left them out. */
function missingFields(header: Header, made: { messageId: string; hostname: string; now: number }): string {
  const date = fieldsNamed(header, 'date').length > 0 ? '' : `Date: ${printMailDate(made.now)}\r\n`
  const hasId = fieldsNamed(header, 'message-id').length > 0
  return date + (hasId ? '' : `Message-ID: <${made.messageId}@${made.hostname}>\r\n`)
}
