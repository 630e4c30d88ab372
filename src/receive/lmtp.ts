// Mail from a server in front of us (LMTP, RFC 2033): for our own addresses, and each recipient has an answer of its own. That server has
// asked whatever is to be asked of the sender. What goes on from here, the queue takes.

import type { Resolver } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { LocalDelivery } from '#deliver/local.ts'
import type { Log } from '#io/log.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import { maxHeaderBytes } from '#mail/limits.ts'
import type { Queue } from '#queue/queue.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { destinationsOf } from './destinations.ts'
import { headerOf, refusedContent, shapeOf } from './header-facts.ts'
import type { Client, Committed, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import { type OnwardNeeds, onwardMessage } from './onward.ts'
import type { ReceivePolicy } from './policy.ts'
import { findRecipient, noRoomForAny, type RecipientNeeds, type TakenRecipient, tooManyPlaces } from './recipient.ts'
import type { Returns } from './returns.ts'
import { comesTooOften, deliveredBeforeTo } from './rounds.ts'
import { localRecipients, noteOrigin, type Taken, traceOf } from './taken.ts'
import { unwantedOfServers } from './unwanted.ts'
import { messageRefusal } from './verdict.ts'

export interface LmtpNeeds extends RecipientNeeds, OnwardNeeds {
  readonly resolver: Resolver
  readonly returnPaths: ReturnPaths
  readonly delivery: LocalDelivery
  /** Takes what goes on to other servers. */
  readonly queue: Pick<Queue, 'accept'>
  /** Notes what reports say that came back. */
  readonly returns: Returns | undefined
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
    const isFromNobody = this.#sender.path === undefined
    const question = { path, parameters, declaredBytes, isFromNobody, elsewhere: 'not-ours' as const }
    const found = await findRecipient(this.#needs, question)
    if (found.kind === 'refused') return found
    const tooMany = tooManyPlaces(this.#recipients, found.recipient)
    if (tooMany !== undefined) return tooMany
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
    const no = await this.#refused(header, fields.length + message.sizeBytes)
    const recipients = this.#recipients.filter(recipient => !no.has(recipient))
    const refused = recipients.length > 0 ? await this.#store(message, { ...taken, recipients }, fields) : undefined
    if (recipients.length > 0 && refused === undefined) await this.#noteReturn(message, recipients)
    return this.#each(recipient => no.get(recipient) ?? refused)
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
      // Asked of each recipient (`#refused`).
      deliveredBefore: undefined,
      foreignFrom: undefined,
      refusedContent: rule,
    }
    return messageRefusal(facts, hostname)
  }

  /** The size that was declared may have been none, or wrong. What goes on from here may come back: through the server in front, or through MX. */
  async #refused(header: Uint8Array, sizeBytes: number): Promise<ReadonlyMap<TakenRecipient, Refusal>> {
    const no = new Map<TakenRecipient, Refusal>()
    for (const recipient of this.#recipients) {
      const round = this.#goesRound(header, recipient)
      const refusal = round ?? (await noRoomForAny(this.#needs, { recipients: [recipient], sizeBytes }))
      if (refusal !== undefined) no.set(recipient, refusal)
    }
    return no
  }

  async #noteReturn(message: SpooledMessage, taken: readonly TakenRecipient[]): Promise<void> {
    const recipients = taken.map(({ address }) => address)
    await this.#needs.returns?.note({ messageId: this.#sender.messageId, recipients, message })
  }

  #goesRound(header: Uint8Array, recipient: TakenRecipient): Refusal | undefined {
    const address = deliveredBeforeTo(this.#needs, { header, recipients: [recipient], ofRecipients: false })
    if (address !== undefined) return refuse('delivered-to-loop', { address })
    return comesTooOften(this.#needs, header, [recipient])
  }

  async #store(spooled: SpooledMessage, taken: Taken, fields: string): Promise<Refusal | undefined> {
    const { queue, delivery } = this.#needs
    const { messageId, path, parameters } = this.#sender
    const destinations = destinationsOf(taken.recipients)
    if (destinations.elsewhere.length > 0) {
      // The server in front has asked whatever is to be asked of the sender.
      const onward = { taken, destinations, fields, spooled, verified: undefined, isTrusted: true }
      return await queue.accept(await onwardMessage(this.#needs, onward))
    }
    await delivery.deliver({
      messageId,
      sender: path?.address ?? '',
      recipients: localRecipients(taken, destinations),
      fields,
      spooled,
      mayBeBinary: parameters.body === 'BINARYMIME',
    })
    return undefined
  }
}
