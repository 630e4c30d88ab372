// Mail from a server in front of us (LMTP, RFC 2033): for our own mailboxes, and each recipient has an answer of its own. That server has
// asked whatever is to be asked of the sender.

import type { LocalDelivery } from '#deliver/local.ts'
import type { Log } from '#io/log.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import { maxHeaderBytes } from '#mail/limits.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { headerOf, refusedContent, shapeOf } from './header-facts.ts'
import type { Client, Committed, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import { localRecipient, type RecipientNeeds, type TakenRecipient } from './local-recipient.ts'
import type { ReceivePolicy } from './policy.ts'
import { noRoom } from './room.ts'
import { localRecipients, noteOrigin, type Taken, traceOf } from './taken.ts'
import { unwantedOfServers } from './unwanted.ts'
import { messageRefusal } from './verdict.ts'

export interface LmtpNeeds extends RecipientNeeds {
  readonly delivery: LocalDelivery
  readonly log: Log
  readonly policy: ReceivePolicy
}

export function lmtpIntake(needs: LmtpNeeds): Intake {
  const unwanted = unwantedOfServers(needs.hostname)
  return {
    async begin(client, sender) {
      noteOrigin(needs.log, sender)
      return new LmtpTransaction(needs, { client, sender, unwanted })
    },
  }
}

class LmtpTransaction implements Transaction {
  readonly kind = 'transaction'
  readonly unwanted: Unwanted
  readonly bareLineEnds: ReceivePolicy['bareLineEnds']
  readonly #needs: LmtpNeeds
  readonly #client: Client
  readonly #sender: Sender
  readonly #recipients: TakenRecipient[] = []

  constructor(needs: LmtpNeeds, begun: { client: Client; sender: Sender; unwanted: Unwanted }) {
    this.unwanted = begun.unwanted
    this.bareLineEnds = needs.policy.bareLineEnds
    this.#needs = needs
    this.#client = begun.client
    this.#sender = begun.sender
  }

  async recipient(path: Path, parameters: RecipientParameters): Promise<Refusal | undefined> {
    const { declaredBytes } = this.#sender.parameters
    const found = await localRecipient(this.#needs, { path, parameters, declaredBytes, elsewhere: 'not-ours' })
    if (found.kind === 'refused') return found
    this.#recipients.push(found.recipient)
    return undefined
  }

  /** What goes wrong with the delivery went wrong for each, for it is one transaction of the store: the session says so to each. */
  async commit(message: SpooledMessage, transfer: TransferFacts): Promise<Committed> {
    const header = await headerOf(message)
    if (header === undefined) return this.#each(() => refuse('header-too-large', { limitBytes: maxHeaderBytes }))
    const refusal = this.#refusalOf(header, transfer)
    if (refusal !== undefined) return this.#each(() => refusal)
    const { hostname, clock } = this.#needs
    const taken = { client: this.#client, sender: this.#sender, recipients: this.#recipients, header }
    const fields = traceOf(taken, { hostname, peerName: undefined, now: clock.now() })
    const full = await this.#withoutRoom(fields.length + message.sizeBytes)
    const recipients = this.#recipients.filter(recipient => !full.has(recipient))
    if (recipients.length > 0) await this.#deliver(message, { ...taken, recipients }, fields)
    return this.#each(recipient => full.get(recipient))
  }

  abort(): void {
    this.#recipients.length = 0
  }

  #each(outcome: (recipient: TakenRecipient) => Refusal | undefined): Committed {
    return { kind: 'each', outcomes: this.#recipients.map(outcome) }
  }

  #refusalOf(header: Uint8Array, transfer: TransferFacts): Refusal | undefined {
    const { hostname, policy, log } = this.#needs
    const rule = refusedContent(header, policy.refuseContent)
    if (rule !== undefined) log.info('receive.content-refused', { message: this.#sender.messageId, ...rule })
    const facts = {
      ...shapeOf(header, transfer),
      // The server in front delivers to mailboxes here alone: what it forwards elsewhere comes back through MX.
      deliveredBefore: undefined,
      foreignFrom: undefined,
      refusedContent: rule,
    }
    return messageRefusal(facts, hostname)
  }

  /** The size that was declared may have been none, or wrong. */
  async #withoutRoom(sizeBytes: number): Promise<ReadonlyMap<TakenRecipient, Refusal>> {
    const full = new Map<TakenRecipient, Refusal>()
    for (const recipient of this.#recipients) {
      const { accountId, address } = recipient
      const refusal = await noRoom(this.#needs, { accountId, address, sizeBytes })
      if (refusal !== undefined) full.set(recipient, refusal)
    }
    return full
  }

  async #deliver(message: SpooledMessage, taken: Taken, fields: string): Promise<void> {
    const { messageId, path, parameters } = this.#sender
    await this.#needs.delivery.deliver({
      messageId,
      sender: path?.address ?? '',
      recipients: localRecipients(taken),
      fields,
      spooled: message,
      mayBeBinary: parameters.body === 'BINARYMIME',
    })
  }
}
