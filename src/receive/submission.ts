// Mail from our users' mail programs (465, 587): as an address of their own, header made complete (RFC 6409), to any recipient. All of it goes through
// the queue: into mailboxes here at once, to other servers from there, or at the time it asks for (RFC 4865).

import type { Account } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import type { Log } from '#io/log.ts'
import { parseAddress } from '#mail/address.ts'
import { fieldsNamed, type Header, readHeader } from '#mail/header.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import { maxHeaderBytes } from '#mail/limits.ts'
import type { Queue } from '#queue/queue.ts'
import type { SpooledMessage } from '#store/spool.ts'
import { because } from '#suppression/because.ts'
import type { Suppressions } from '#suppression/suppressions.ts'
import { printMailDate } from '#text/date.ts'
import type { Greylist } from '#throttle/greylist.ts'
import type { RecipientRate } from '#throttle/recipient-rate.ts'
import type { Spent } from '#throttle/sender-limits.ts'
import type { Judgement, Senders } from '#throttle/senders.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { heldForDisabled, heldForGuard, holdDisabled } from './account-hold.ts'
import { type Destinations, destinationsOf, forwardersOf } from './destinations.ts'
import { headerOf, shapeOf } from './header-facts.ts'
import type { Client, Committed, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import type { MailDomains } from './mail-domains.ts'
import { foreignFrom } from './own-address.ts'
import type { ReceivePolicy } from './policy.ts'
import { findRecipient, noRoomForAny, type RecipientNeeds, type TakenRecipient, tooManyPlaces } from './recipient.ts'
import { comesTooOften, deliveredBeforeTo, marksOf } from './rounds.ts'
import type { SenderGuard } from './sender-guard.ts'
import { noteOrigin, queueParameters, queueRecipients, type Taken, traceOf } from './taken.ts'
import { unwantedOfUsers } from './unwanted.ts'
import { messageRefusal } from './verdict.ts'

export interface SubmissionNeeds extends RecipientNeeds {
  readonly log: Log
  readonly policy: ReceivePolicy
  readonly queue: Pick<Queue, 'accept' | 'act'>
  readonly returnPaths: Pick<ReturnPaths, 'readVerp' | 'readSrs' | 'verp' | 'mark'>
  /** Whether MAIL FROM towards other servers carries a token (VERP). */
  readonly verp: boolean
  // Undefined: that question is not asked.
  readonly mailDomains: MailDomains | undefined
  readonly suppressions: Pick<Suppressions, 'find'> | undefined
  readonly senders: Pick<Senders, 'spent'> | undefined
  readonly guard: Pick<SenderGuard, 'judge' | 'enforce'> | undefined
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
      const spent = await needs.senders?.spent(account.accountId, { messages: 1, recipients: 1 })
      if (spent !== undefined) return tooMuch(spent, account, needs.hostname)
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
    const fast = await this.#tooFast()
    if (fast !== undefined) return fast
    const { declaredBytes } = this.#sender.parameters
    const isFromNobody = this.#sender.path === undefined
    const question = { path, parameters, declaredBytes, isFromNobody, elsewhere: undefined }
    const found = await findRecipient(this.#needs, question)
    if (found.kind === 'refused') return found
    const { recipient } = found
    const tooMany = tooManyPlaces(this.#recipients, recipient)
    if (tooMany !== undefined) return tooMany
    const isElsewhere = recipient.mailboxes.length === 0 && recipient.elsewhere[0]?.forwarder === undefined
    const refusal = isElsewhere ? await this.#notWanted(path) : undefined
    if (refusal !== undefined) return refusal
    this.#recipients.push(recipient)
    return undefined
  }

  async commit(message: SpooledMessage, transfer: TransferFacts): Promise<Committed> {
    const { resolver, hostname } = this.#needs
    const octets = await headerOf(message)
    if (octets === undefined) return refuse('header-too-large', { limitBytes: maxHeaderBytes })
    const header = readHeader(octets)
    const shape = shapeOf(octets, transfer)
    // A server of somebody who logs in brings back what we sent it.
    const round = { header: octets, recipients: this.#recipients, ofRecipients: false }
    const facts = {
      ...shape,
      deliveredBefore: shape.wasDelivered ? deliveredBeforeTo(this.#needs, round) : undefined,
      foreignFrom: await foreignFrom(resolver, this.#account, header),
      refusedContent: undefined,
    }
    const refusal =
      messageRefusal(facts, hostname) ??
      comesTooOften(this.#needs, octets, this.#recipients) ??
      (await this.#fullForAll(message))
    if (refusal !== undefined) return refusal
    const taken = { client: this.#client, sender: this.#sender, recipients: this.#recipients, header: octets }
    return await this.#queue(message, taken, this.#fields(taken, header))
  }

  abort(): void {
    this.#recipients.length = 0
  }

  async #tooFast(): Promise<Refusal | undefined> {
    const { recipientRate, senders, hostname } = this.#needs
    const { accountId, address: user } = this.#account
    const fast = recipientRate?.ofAccount(accountId)
    if (fast !== undefined) {
      const seconds = Math.ceil(fast.retryAfterMs / 1000)
      return refuse('account-too-fast', { user, limit: fast.limit, seconds, hostname })
    }
    const spent = await senders?.spent(accountId, { messages: 1, recipients: this.#recipients.length + 1 })
    return spent && tooMuch(spent, this.#account, hostname)
  }

  /** Of an address at another server: what is known to be in vain, or not wanted there. */
  async #notWanted({ domain, address }: Path): Promise<Refusal | undefined> {
    const { mailDomains, suppressions, hostname } = this.#needs
    // RFC 7505 3: no queue will ever bring it there.
    if (domain !== undefined && (await mailDomains?.takesNoMail(domain)) === true) return refuse('null-mx', { address })
    const { accountId } = this.#account
    const senderDomain = this.#sender.path?.domain ?? ''
    const found = await suppressions?.find({ accountId, senderDomain, recipient: address })
    return found && refuse('recipient-suppressed', { address, reason: because(found), hostname })
  }

  /** It turned out larger than was said. */
  async #fullForAll({ sizeBytes }: SpooledMessage): Promise<Refusal | undefined> {
    if (sizeBytes <= this.#sender.parameters.declaredBytes) return undefined
    return await noRoomForAny(this.#needs, { recipients: this.#recipients, sizeBytes })
  }

  async #queue(spooled: SpooledMessage, taken: Taken, fields: string): Promise<Committed> {
    const { queue, guard, hostname } = this.#needs
    const { accountId } = this.#account
    const destinations = destinationsOf(this.#recipients)
    const judged = await guard?.judge(accountId, sizeOf(destinations))
    if (judged?.kind === 'spent') return tooMuch(judged, this.#account, hostname)
    const releaseAt = this.#releaseAt()
    // Disabled while the message came in: it waits with what was there before.
    const held = judged?.kind === 'held' ? heldForGuard(judged.reason) : await this.#heldForDisabled()
    const mayWait = releaseAt !== undefined || held !== undefined
    const accepted = queue.accept({
      messageId: this.#sender.messageId,
      accountId,
      origin: 'submission',
      sender: this.#sender.path?.address ?? '',
      returnPath: await this.#returnPath(destinations),
      parameters: queueParameters(taken, destinations),
      recipients: queueRecipients(taken, destinations, { mayWait }),
      fields: marksOf(this.#needs, forwardersOf(destinations.elsewhere)) + fields,
      spooled,
      releaseAt,
      heldFor: held,
    })
    const [refusal] = await Promise.all([accepted, this.#noteWrittenTo()])
    if (isNews(judged)) await guard?.enforce(accountId, judged.reason)
    if (held === undefined && (await this.#heldForDisabled()) !== undefined) await holdDisabled(queue, accountId)
    return refusal ?? (releaseAt === undefined ? { kind: 'taken' } : { kind: 'taken', heldUntil: releaseAt })
  }

  async #heldForDisabled(): Promise<string | undefined> {
    const own = parseAddress(this.#account.address)
    const found = own && (await this.#needs.resolver.resolve(own.localPart, own.domain))
    return found?.kind === 'disabled' ? heldForDisabled : undefined
  }

  #releaseAt(): number | undefined {
    const { hold } = this.#sender.parameters
    if (hold === undefined) return undefined
    return hold.kind === 'until' ? hold.at : this.#needs.clock.now() + hold.seconds * 1000
  }

  /** With a token where the address is one of ours: reports that come to it are then told apart. */
  async #returnPath({ elsewhere }: Destinations): Promise<string> {
    const { path, messageId } = this.#sender
    if (path?.domain === undefined || !this.#needs.verp || elsewhere.length === 0) return path?.address ?? ''
    const { localPart, domain } = path
    const owner = await this.#needs.resolver.resolve(localPart, domain)
    return owner.kind === 'not-local' ? path.address : this.#needs.returnPaths.verp({ localPart, domain }, messageId)
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

function isNews(judged: Judgement | undefined): judged is Judgement & { readonly kind: 'held' } {
  return judged?.kind === 'held' && judged.isNew
}

function sizeOf({ here, elsewhere }: Destinations) {
  return { recipients: here.length + elsewhere.length, elsewhere: elsewhere.length }
}

function tooMuch({ what, limit, per }: Spent, { address: user }: Account, hostname: string): Refusal {
  return refuse('account-has-sent', { user, limit, what, per, hostname })
}

/** RFC 6409 8.2, 8.3: Date and Message-ID for a mail program that left them out. */
function missingFields(header: Header, made: { messageId: string; hostname: string; now: number }): string {
  const date = fieldsNamed(header, 'date').length > 0 ? '' : `Date: ${printMailDate(made.now)}\r\n`
  const hasId = fieldsNamed(header, 'message-id').length > 0
  return date + (hasId ? '' : `Message-ID: <${made.messageId}@${made.hostname}>\r\n`)
}
