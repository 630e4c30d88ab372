// Mail from other servers (port 25): for our own domains only. What merely comes into mailboxes is delivered here; what goes on from here, the
// queue takes with all its recipients.

import type { Resolver } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { LocalDelivery } from '#deliver/local.ts'
import type { Log } from '#io/log.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import { maxHeaderBytes } from '#mail/limits.ts'
import type { Queue } from '#queue/queue.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Greeted, Greylist } from '#throttle/greylist.ts'
import type { RecipientRate } from '#throttle/recipient-rate.ts'
import type { IsTrusted } from '#throttle/trusted.ts'
import type { Verified } from '#verify/facts.ts'
import type { PeerChecks, PeerFacts } from '#verify/peer-checks.ts'
import { isPublic } from '#verify/public-address.ts'
import type { Verifier } from '#verify/verifier.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { destinationsOf, keptHere, knownToOf } from './destinations.ts'
import { tooMuchIn } from './header-cost.ts'
import { headerOf, refusedContent, shapeOf } from './header-facts.ts'
import type { Client, Committed, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import type { MailDomains } from './mail-domains.ts'
import { type Onward, type OnwardNeeds, onwardMessage, tellsOfDelivery } from './onward.ts'
import type { ReceivePolicy } from './policy.ts'
import { findRecipient, noRoomForAny, type RecipientNeeds, type TakenRecipient, tooManyPlaces } from './recipient.ts'
import type { Returns } from './returns.ts'
import { comesTooOften, deliveredBeforeTo } from './rounds.ts'
import { localRecipients, noteOrigin, traceOf } from './taken.ts'
import { unwantedOfServers } from './unwanted.ts'
import { messageRefusal, peerRefusal, senderVerdict } from './verdict.ts'

export interface MxNeeds extends RecipientNeeds, OnwardNeeds {
  readonly resolver: Resolver
  readonly returnPaths: ReturnPaths
  readonly delivery: LocalDelivery
  /** Takes what goes on to other servers. */
  readonly queue: Pick<Queue, 'accept'>
  /** Notes what reports say that came back. */
  readonly returns: Returns | undefined
  readonly log: Log
  readonly policy: ReceivePolicy
  /** Peers of whom nothing is asked, and that are held back by nothing. */
  readonly isTrusted: IsTrusted
  // Undefined: that question is not asked.
  readonly peerChecks: PeerChecks | undefined
  readonly mailDomains: MailDomains | undefined
  readonly verifier: Verifier | undefined
  readonly greylist: Greylist | undefined
  readonly recipientRate: RecipientRate | undefined
}

export function mxIntake(needs: MxNeeds): Intake {
  const unwanted = unwantedOfServers(needs.hostname)
  return {
    begin(client, sender) {
      noteOrigin(needs.log, sender)
      return new MxTransaction(needs, { client, sender, unwanted })
    },
  }
}

class MxTransaction implements Transaction {
  readonly kind = 'transaction'
  readonly unwanted: Unwanted
  readonly bareLineEnds: ReceivePolicy['bareLineEnds']
  readonly #needs: MxNeeds
  readonly #client: Client
  readonly #sender: Sender
  readonly #recipients: TakenRecipient[] = []
  readonly #isTrusted: boolean
  // Asked for while the message comes in. Of the sender's domain not before a recipient was taken: the client chooses it, and may choose thousands.
  readonly #peer: Promise<PeerFacts> | undefined
  #isNullMx: Promise<boolean> | undefined

  constructor(needs: MxNeeds, begun: { client: Client; sender: Sender; unwanted: Unwanted }) {
    const { client, sender } = begun
    this.unwanted = begun.unwanted
    this.bareLineEnds = needs.policy.bareLineEnds
    this.#needs = needs
    this.#client = client
    this.#sender = sender
    this.#isTrusted = needs.isTrusted(client.address)
    this.#peer = needs.peerChecks?.of(client.address)
  }

  async recipient(path: Path, parameters: RecipientParameters): Promise<Refusal | undefined> {
    const { address } = this.#client
    const fast = this.#needs.recipientRate?.ofNetwork(address)
    if (fast !== undefined)
      return refuse('recipients-too-fast', { limit: fast.limit, seconds: Math.ceil(fast.retryAfterMs / 1000) })
    // A report goes to who sent the message (RFC 5321 4.5.5): one with many recipients is no report.
    if (this.#sender.path === undefined && this.#recipients.length > 0) return refuse('one-recipient-per-bounce')
    const asked = this.#refusalOfPeer(path)
    const refusal = asked && (await asked)
    if (refusal !== undefined) return refusal
    const { declaredBytes } = this.#sender.parameters
    const isFromNobody = this.#sender.path === undefined
    const question = { path, parameters, declaredBytes, isFromNobody, elsewhere: 'relay-denied' as const }
    const found = await findRecipient(this.#needs, question)
    if (found.kind === 'refused') return found
    const tooMany = tooManyPlaces(this.#recipients, found.recipient)
    if (tooMany !== undefined) return tooMany
    this.#recipients.push(found.recipient)
    const { domain } = this.#sender.path ?? {}
    if (domain !== undefined && !this.#isTrusted) this.#isNullMx ??= this.#needs.mailDomains?.takesNoMail(domain)
    return undefined
  }

  async commit(message: SpooledMessage, transfer: TransferFacts): Promise<Committed> {
    const { hostname, clock, policy } = this.#needs
    const header = await headerOf(message)
    if (header === undefined) return refuse('header-too-large', { limitBytes: maxHeaderBytes })
    const tooMuch = tooMuchIn(header)
    if (tooMuch !== undefined) return refuse('header-too-costly', { what: tooMuch })
    const refusal = this.#refusalOf(header, transfer)
    if (refusal !== undefined) return refusal
    const verifier = this.#verifier()
    if (verifier?.isCongested === true) return refuse('congested')
    const verified = verifier && (await this.#verify(message, verifier))
    const nullMx = (this.#isNullMx && (await this.#isNullMx)) === true ? this.#sender.path?.address : undefined
    const mayPassLater = verified?.spf === 'temperror' || verified?.dkim === 'temperror'
    const verdict = senderVerdict({ nullMx, dmarc: verified?.dmarc, mayPassLater }, policy)
    if (verdict.kind === 'refused') return verdict
    const notNow = (await this.#fullForAll(message)) ?? (await this.#greylisted(verified))
    if (notNow !== undefined) return notNow

    const taken = { client: this.#client, sender: this.#sender, recipients: this.#recipients, header }
    const peerName = this.#peer && (await this.#peer).names[0]
    const received = traceOf(taken, { hostname, peerName, now: clock.now() })
    const isJunk = verdict.kind === 'junk'
    // RFC 8601 4.1: our word on who sent it stands above the trace.
    const fields = (verified?.field ?? '') + received
    const all = destinationsOf(this.#recipients)
    const destinations = isJunk ? keptHere(all) : all
    if (destinations.here.length + destinations.elsewhere.length === 0) return refuse('junk-not-sent-on')
    const isTrusted = this.#isTrusted || !isPublic(this.#client.address)
    const onward = { taken, destinations, fields, verified, isTrusted, isJunk, spooled: message }
    const stored =
      destinations.elsewhere.length > 0 || tellsOfDelivery(onward) ? this.#sendOn(onward) : this.#deliver(onward)
    const noted = isJunk ? undefined : this.#noteAccepted()
    // Together, so that both are one commit of the database.
    const [no] = noted === undefined ? [await stored] : await Promise.all([stored, noted])
    if (no === undefined) await this.#noteReturn(message)
    return no ?? { kind: 'taken' }
  }

  async #deliver({ taken, destinations, fields, spooled, isJunk }: Onward): Promise<undefined> {
    await this.#needs.delivery.deliver({
      messageId: this.#sender.messageId,
      sender: this.#sender.path?.address ?? '',
      recipients: localRecipients(taken, destinations),
      fields,
      isJunk: isJunk === true,
      spooled,
      mayBeBinary: this.#sender.parameters.body === 'BINARYMIME',
    })
  }

  async #sendOn(onward: Onward): Promise<Refusal | undefined> {
    return await this.#needs.queue.accept(await onwardMessage(this.#needs, onward))
  }

  abort(): void {
    this.#recipients.length = 0
  }

  async #noteReturn(message: SpooledMessage): Promise<void> {
    const recipients = this.#recipients.map(({ address }) => address)
    await this.#needs.returns?.note({ messageId: this.#sender.messageId, recipients, message })
  }

  #refusalOfPeer({ localPart }: Path): Promise<Refusal | undefined> | undefined {
    // RFC 5321 4.5.1: postmaster is there for those whom we refuse, too.
    if (this.#peer === undefined || this.#isTrusted || localPart.toLowerCase() === 'postmaster') return undefined
    return this.#peer.then(facts => peerRefusal(this.#client.address, facts, this.#needs.policy))
  }

  #refusalOf(header: Uint8Array, transfer: TransferFacts): Refusal | undefined {
    const { hostname, policy, log } = this.#needs
    const recipients = this.#recipients
    const rule = refusedContent(header, policy.refuseContent)
    if (rule !== undefined) log.info('receive.content-refused', { message: this.#sender.messageId, ...rule })
    const shape = shapeOf(header, transfer)
    const facts = {
      ...shape,
      deliveredBefore: shape.wasDelivered
        ? deliveredBeforeTo(this.#needs, { header, recipients, ofRecipients: true })
        : undefined,
      foreignFrom: undefined,
      refusedContent: rule,
    }
    return messageRefusal(facts, hostname) ?? comesTooOften(this.#needs, header, recipients)
  }

  /** Undefined: nobody outside can say anything of this peer. */
  #verifier(): Verifier | undefined {
    return this.#isTrusted || !isPublic(this.#client.address) ? undefined : this.#needs.verifier
  }

  #verify(message: SpooledMessage, verifier: Verifier): Promise<Verified | undefined> {
    const { address, hello } = this.#client
    return verifier.verify({ address, hello, sender: this.#sender.path?.address ?? '', message })
  }

  /** It turned out larger than was said. */
  #fullForAll({ sizeBytes }: SpooledMessage): Promise<Refusal | undefined> | undefined {
    if (sizeBytes <= this.#sender.parameters.declaredBytes) return undefined
    return noRoomForAny(this.#needs, { recipients: this.#recipients, sizeBytes })
  }

  /** Last, and not before the end of the message: DMARC that passes spares the wait. */
  #greylisted(verified: Verified | undefined): Promise<Refusal | undefined> | undefined {
    const { greylist } = this.#needs
    if (greylist === undefined || this.#isTrusted || verified?.dmarc.result === 'pass') return undefined
    return this.#askGreylist(greylist)
  }

  async #askGreylist(greylist: Greylist): Promise<Refusal | undefined> {
    const verdict = await greylist.ask(this.#greeted())
    if (verdict.kind === 'passes') return undefined
    return refuse('greylisted', { address: verdict.recipient, seconds: Math.ceil(verdict.retryAfterMs / 1000) })
  }

  #noteAccepted(): Promise<void> | undefined {
    return this.#isTrusted ? undefined : this.#needs.greylist?.noteAccepted(this.#greeted())
  }

  #greeted(): Greeted {
    const { path } = this.#sender
    const recipients = knownToOf(this.#recipients)
    return { address: this.#client.address, sender: path?.address ?? '', recipients }
  }
}
