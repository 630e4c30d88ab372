// Mail from our users' mail programs (465, 587): as an address of their own, header made complete (RFC 6409).
// Until there is an outbound queue, only to mailboxes of this server; at once, or at the time it asks for (RFC 4865).

import type { Account } from '#accounts/account.ts'
import type { LocalDelivery } from '#deliver/local.ts'
import type { Log } from '#io/log.ts'
import { fieldsNamed, type Header, readHeader } from '#mail/header.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import { maxHeaderBytes } from '#mail/limits.ts'
import type { Queue } from '#queue/queue.ts'
import type { Reports } from '#queue/reports.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { printMailDate } from '#text/date.ts'
import type { Greylist } from '#throttle/greylist.ts'
import type { RecipientRate } from '#throttle/recipient-rate.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { Hold, RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { headerOf, shapeOf } from './header-facts.ts'
import type { Client, Committed, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import { localRecipient, noRoomForAny, type RecipientNeeds, type TakenRecipient } from './local-recipient.ts'
import type { MailDomains } from './mail-domains.ts'
import { foreignFrom } from './own-address.ts'
import type { ReceivePolicy } from './policy.ts'
import { localRecipients, noteOrigin, type Taken, traceOf } from './taken.ts'
import { unwantedOfUsers } from './unwanted.ts'
import { messageRefusal } from './verdict.ts'

export interface SubmissionNeeds extends RecipientNeeds {
  readonly delivery: LocalDelivery
  readonly log: Log
  readonly policy: ReceivePolicy
  /** Holds messages until their time. */
  readonly queue: Pick<Queue, 'hold'>
  /** Tells who asked for it that a message was delivered. */
  readonly reports: Reports
  // Undefined: that question is not asked.
  readonly mailDomains: MailDomains | undefined
  /** Learns whom an account writes to. */
  readonly greylist: Greylist | undefined
  readonly recipientRate: RecipientRate | undefined
}

export function submissionIntake(needs: SubmissionNeeds): Intake {
  const unwanted = unwantedOfUsers(needs.hostname)
  return {
    async begin(client, sender) {
      const { account } = client
      if (account === undefined) return refuse('log-in-first')
      const { path } = sender
      // The null path is taken: mail programs send receipts with it (RFC 8098 2.1).
      if (path !== undefined && !(await needs.resolver.maySendAs(account, path.localPart, path.domain)))
        return refuse('not-your-address', { address: path.address, user: account.address, hostname: needs.hostname })
      noteOrigin(needs.log, sender)
      return new SubmissionTransaction(needs, { client, account, sender, unwanted })
    },
  }
}

class SubmissionTransaction implements Transaction {
  readonly kind = 'transaction'
  readonly unwanted: Unwanted
  readonly bareLineEnds: ReceivePolicy['bareLineEnds']
  readonly #needs: SubmissionNeeds
  readonly #client: Client
  readonly #account: Account
  readonly #sender: Sender
  readonly #recipients: TakenRecipient[] = []

  constructor(needs: SubmissionNeeds, begun: { client: Client; account: Account; sender: Sender; unwanted: Unwanted }) {
    this.unwanted = begun.unwanted
    this.bareLineEnds = needs.policy.bareLineEnds
    this.#needs = needs
    this.#client = begun.client
    this.#account = begun.account
    this.#sender = begun.sender
  }

  async recipient(path: Path, parameters: RecipientParameters): Promise<Refusal | undefined> {
    const { recipientRate, hostname } = this.#needs
    const { accountId, address: user } = this.#account
    const fast = recipientRate?.ofAccount(accountId)
    if (fast !== undefined) {
      const seconds = Math.ceil(fast.retryAfterMs / 1000)
      return refuse('account-too-fast', { user, limit: fast.limit, seconds, hostname })
    }
    const { declaredBytes } = this.#sender.parameters
    const found = await localRecipient(this.#needs, { path, parameters, declaredBytes, elsewhere: 'no-outbound' })
    if (found.kind === 'refused') return found.reason === 'no-outbound' ? await this.#elsewhere(path, found) : found
    this.#recipients.push(found.recipient)
    return undefined
  }

  async commit(message: SpooledMessage, transfer: TransferFacts): Promise<Committed> {
    const { resolver, hostname } = this.#needs
    const octets = await headerOf(message)
    if (octets === undefined) return refuse('header-too-large', { limitBytes: maxHeaderBytes })
    const header = readHeader(octets)
    const facts = {
      ...shapeOf(octets, transfer),
      deliveredBefore: undefined,
      foreignFrom: await foreignFrom(resolver, this.#account, header),
      refusedContent: undefined,
    }
    const refusal = messageRefusal(facts, hostname) ?? (await this.#fullForAll(message))
    if (refusal !== undefined) return refusal
    const taken = { client: this.#client, sender: this.#sender, recipients: this.#recipients, header: octets }
    const fields = this.#fields(taken, header)
    const { hold } = this.#sender.parameters
    return hold === undefined ? await this.#deliver(message, taken, fields) : await this.#hold(message, hold, fields)
  }

  abort(): void {
    this.#recipients.length = 0
  }

  /** RFC 7505 3: no queue will ever bring it there. */
  async #elsewhere({ domain, address }: Path, refusal: Refusal): Promise<Refusal> {
    const takesNone = domain !== undefined && (await this.#needs.mailDomains?.takesNoMail(domain)) === true
    return takesNone ? refuse('null-mx', { address }) : refusal
  }

  /** It turned out larger than was said. */
  async #fullForAll({ sizeBytes }: SpooledMessage): Promise<Refusal | undefined> {
    if (sizeBytes <= this.#sender.parameters.declaredBytes) return undefined
    return await noRoomForAny(this.#needs, { recipients: this.#recipients, sizeBytes })
  }

  async #deliver(message: SpooledMessage, taken: Taken, fields: string): Promise<Committed> {
    const { delivery, reports, clock } = this.#needs
    const { messageId, parameters } = this.#sender
    const arrivedAt = clock.now()
    const stored = delivery.deliver({
      messageId,
      sender: this.#address,
      recipients: localRecipients(taken),
      fields,
      spooled: message,
      mayBeBinary: parameters.body === 'BINARYMIME',
    })
    await Promise.all([stored, this.#noteWrittenTo()])
    const outcome = { kind: 'delivered' as const }
    const recipients = this.#recipients
      .filter(recipient => recipient.parameters.notify?.includes('SUCCESS') === true)
      .map(recipient => ({ address: recipient.address, parameters: recipient.parameters, outcome }))
    const sender = { accountId: this.#account.accountId, address: this.#address }
    if (recipients.length > 0)
      await reports.tell({ messageId, sender, parameters, arrivedAt, fields, spooled: message, recipients })
    return { kind: 'taken' }
  }

  async #hold(message: SpooledMessage, hold: Hold, fields: string): Promise<Committed> {
    const { queue, clock } = this.#needs
    const { messageId, parameters } = this.#sender
    const releaseAt = hold.kind === 'until' ? hold.at : clock.now() + hold.seconds * 1000
    const sender = { accountId: this.#account.accountId, address: this.#address }
    const recipients = this.#recipients
    const held = queue.hold({ messageId, sender, parameters, recipients, fields, spooled: message, releaseAt })
    const [refusal] = await Promise.all([held, this.#noteWrittenTo()])
    return refusal ?? { kind: 'taken', heldUntil: releaseAt }
  }

  /** '' for the null path. */
  get #address(): string {
    return this.#sender.path?.address ?? ''
  }

  async #noteWrittenTo(): Promise<void> {
    const addresses = this.#recipients.map(recipient => recipient.address)
    await this.#needs.greylist?.noteWrittenTo(this.#account.accountId, addresses)
  }

  #fields(taken: Taken, header: Header): string {
    const { hostname, clock } = this.#needs
    const now = clock.now()
    const received = traceOf(taken, { hostname, peerName: undefined, now })
    return received + missingFields(header, { messageId: this.#sender.messageId, hostname, now })
  }
}

/** RFC 6409 8.2, 8.3: Date and Message-ID for a mail program that left them out. */
function missingFields(header: Header, made: { messageId: string; hostname: string; now: number }): string {
  const date = fieldsNamed(header, 'date').length > 0 ? '' : `Date: ${printMailDate(made.now)}\r\n`
  const hasId = fieldsNamed(header, 'message-id').length > 0
  return date + (hasId ? '' : `Message-ID: <${made.messageId}@${made.hostname}>\r\n`)
}
