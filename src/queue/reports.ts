// What became of recipients, told to the sender (RFC 3461, 3464): a report into the mailbox of a local sender, from the null path; so it is never answered.
// A sender at another host (mx with NOTIFY=SUCCESS) can be told nothing until there is an outbound queue: what it asked for is kept with the message (Delivery.envelope).

import type { Resolver } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import { parseAddress } from '#mail/address.ts'
import { composeDsn, type DsnRecipient } from '#mail/dsn.ts'
import { asLines } from '#store/as-lines.ts'
import type { Alongside, SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { concat, fromUtf8 } from '#text/bytes.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { limits } from './limits.ts'
import { wantsToHear } from './notify.ts'
import type { QueueSender } from './queue.ts'
import { said } from './said.ts'

export interface Reports {
  /** Tells the sender of the recipients that asked for it (NOTIFY). Settles always: the message itself is safe, and a fault here is logged. */
  tell(report: DeliveryReport): Promise<void>
}

export interface DeliveryReport {
  readonly messageId: string
  readonly sender: QueueSender
  readonly parameters: MailParameters
  /** When the message came in, milliseconds since 1970. */
  readonly arrivedAt: number
  /** As HeldMessage.fields. */
  readonly fields: string
  readonly spooled: SpooledMessage
  readonly recipients: readonly ReportedRecipient[]
}

export interface ReportedRecipient {
  readonly address: string
  readonly parameters: RecipientParameters
  readonly outcome: { readonly kind: 'delivered' } | Refusal
}

export interface ReportNeeds {
  readonly store: Store
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly hostname: string
}

/** What is told of a message: everything but how it is brought there. */
export type Report = Omit<DeliveryReport, 'recipients'> & { readonly recipients: readonly DsnRecipient[] }

export class Reporter implements Reports {
  readonly #needs: ReportNeeds

  constructor(needs: ReportNeeds) {
    this.#needs = needs
  }

  async tell(report: DeliveryReport): Promise<void> {
    const recipients = report.recipients.flatMap(toldOf)
    if (recipients.length === 0) return
    try {
      await this.send({ ...report, recipients })
    } catch (error) {
      // The message is in its mailboxes: an error told to the client would bring it a second time.
      this.#needs.log.error('queue.report-failed', { message: report.messageId, reason: String(error) })
    }
  }

  /** `alongside` happens with the report's delivery. False when there is nobody to tell: then nothing has happened. */
  async send(report: Report, alongside?: Alongside): Promise<boolean> {
    const { log, store } = this.#needs
    const { messageId } = report
    const accountId = await this.#mailboxOf(report.sender)
    if (accountId === undefined) {
      log.warn('queue.nobody-to-tell', { message: messageId, sender: report.sender.address })
      return false
    }
    await using dsn = await this.#spool(await this.#compose(report))
    dsn.alongside = alongside
    // What it returns may be of any octets.
    await using lines = report.parameters.body === 'BINARYMIME' ? await asLines(store.spool, dsn) : undefined
    await store.deliver(lines ?? dsn, [{ accountId, mailbox: 'INBOX', prefix: fromUtf8('Return-Path: <>\r\n') }])
    for (const { address, action, status } of report.recipients)
      log.info('queue.reported', { message: messageId, recipient: address, action, status })
    return true
  }

  /** Who has the sender's address now; else the account that sent it, if it is still there. */
  async #mailboxOf({ accountId, address }: QueueSender): Promise<number | undefined> {
    const { resolver, store } = this.#needs
    if (address === '') return undefined
    const { localPart, domain } = parseAddress(address) ?? { localPart: address, domain: undefined }
    const resolution = await resolver.resolve(localPart, domain)
    if (resolution.kind === 'account') return resolution.account.accountId
    return (await store.mailbox(accountId, 'INBOX')) === undefined ? undefined : accountId
  }

  async #compose(report: Report): Promise<Uint8Array> {
    const { clock, random, hostname } = this.#needs
    const { sender, parameters, arrivedAt, fields, spooled, recipients } = report
    const hasFailed = recipients.some(({ action }) => action === 'failed')
    // RFC 8689 5: what asked for TLS all the way does not go back over who knows which.
    const isHeaderOnly = parameters.ret === 'HDRS' || parameters.requireTls
    const isWhole = hasFailed && !isHeaderOnly && spooled.sizeBytes <= limits.returnedBytes
    const body = isWhole ? await spooled.read(0, spooled.sizeBytes) : spooled.head
    return composeDsn({
      hostname,
      id: Buffer.from(random.bytes(12)).toString('hex'),
      now: clock.now(),
      to: sender.address,
      arrivedAt,
      envelopeId: parameters.envelopeId,
      recipients,
      original: concat([fromUtf8(fields), body]),
      returns: isWhole ? 'whole' : 'header',
    })
  }

  async #spool(bytes: Uint8Array): Promise<SpooledMessage> {
    await using writer = this.#needs.store.spool.open()
    await writer.write(bytes)
    return await writer.finish()
  }
}

function toldOf({ address, parameters, outcome }: ReportedRecipient): readonly DsnRecipient[] {
  const { originalRecipient } = parameters
  if (outcome.kind === 'delivered') {
    if (!wantsToHear(parameters, 'SUCCESS')) return []
    return [deliveredOf({ address, originalRecipient })]
  }
  if (!wantsToHear(parameters, 'FAILURE')) return []
  return [{ address, originalRecipient, action: 'failed', ...said(outcome), willRetryUntil: undefined }]
}

export function deliveredOf(recipient: Pick<DsnRecipient, 'address' | 'originalRecipient'>): DsnRecipient {
  return { ...recipient, action: 'delivered', status: '2.0.0', reply: undefined, willRetryUntil: undefined }
}
