// The guard over what accounts send: it counts each message, holds what is unusual for its account, and tells owner and operator. An account that is held
// goes on submitting; all of it waits in the queue until an operator lets it go, or drops it.

import type { AccountNames, Resolver } from '#accounts/account.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import { parseAddress } from '#mail/address.ts'
import type { NewRecipient, Queue, Settled, Witness } from '#queue/queue.ts'
import type { Store } from '#store/store.ts'
import type { Judgement, Senders, Sending } from '#throttle/senders.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { heldForGuard } from './account-hold.ts'
import { composeHoldNotice } from './hold-notice.ts'

export interface SenderGuardNeeds {
  readonly senders: Senders
  readonly accounts: Pick<AccountNames, 'byId'>
  readonly resolver: Pick<Resolver, 'resolve'>
  readonly store: Pick<Store, 'spool'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly hostname: string
  /** The queue, once it is open: it is given this guard as a witness before. */
  readonly queue: () => Pick<Queue, 'accept' | 'act'>
}

/** Classes of refusals that show what kind of mail it is, and not how a host on the way is. */
const telling: ReadonlySet<string> = new Set(['recipient-unknown', 'policy', 'reputation', 'content'])

export class SenderGuard implements Witness {
  readonly #needs: SenderGuardNeeds
  #work: Promise<void> = Promise.resolve()

  constructor(needs: SenderGuardNeeds) {
    this.#needs = needs
  }

  /** Counts a message that is about to be taken. What is held has to be given to the queue as held; then `enforce` is called if it is new. */
  judge(accountId: number, sending: Sending): Promise<Judgement> {
    return this.#needs.senders.take(accountId, sending)
  }

  /** Holds what the account has in the queue, and tells of it. Settles when nothing more of it is let out. */
  async enforce(accountId: number, reason: string): Promise<void> {
    const { queue, log } = this.#needs
    const held = await queue().act('hold', { accountId }, heldForGuard(reason))
    log.warn('sender.queue-held', { accountId, reason, ...held })
    this.#begin(() => this.#tell(accountId, reason))
  }

  settled({ accountId, origin, recipient, outcome, isFinal }: Settled): void {
    if (!isFinal || origin !== 'submission' || accountId === 0) return
    if (outcome.kind !== 'delivered' && !telling.has(outcome.class)) return
    this.#begin(async () => {
      const isDelivered = outcome.kind === 'delivered'
      // Else letters to oneself would make up for all that fails elsewhere.
      if (isDelivered && (await this.#isHere(recipient))) return
      const reason = await this.#needs.senders.noteEnd(accountId, isDelivered ? 'delivered' : 'failed')
      if (reason === undefined) return
      // What one who is gone has left goes on: nobody could let it go.
      if (await this.#isThere(accountId)) await this.enforce(accountId, reason)
      else await this.#needs.senders.forget(accountId)
    })
  }

  /** Settles when what outcomes have brought about is done. */
  async idle(): Promise<void> {
    await this.#work
  }

  async #isHere(recipient: string): Promise<boolean> {
    const { localPart, domain } = parseAddress(recipient) ?? { localPart: recipient, domain: undefined }
    return (await this.#needs.resolver.resolve(localPart, domain)).kind !== 'not-local'
  }

  async #isThere(accountId: number): Promise<boolean> {
    return (await this.#needs.accounts.byId([accountId])).has(accountId)
  }

  /** One after the other, and nobody waits for it: what fails is logged, and its mail is held all the same. */
  #begin(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(error => {
      this.#needs.log.error('sender.guard-failed', { reason: String(error) })
    })
  }

  /** The owner, and whoever is postmaster. */
  async #tell(accountId: number, reason: string): Promise<void> {
    const { accounts, resolver } = this.#needs
    const owner = (await accounts.byId([accountId])).get(accountId)
    if (owner === undefined) return
    const postmaster = await resolver.resolve('postmaster', undefined)
    await this.#send(owner.address, { address: owner.address, accountId }, { owner: owner.address, reason })
    if (postmaster.kind !== 'account' || postmaster.account.accountId === accountId) return
    const { account } = postmaster
    await this.#send(account.address, account, { owner: owner.address, reason })
  }

  async #send(
    to: string,
    { address, accountId }: { readonly address: string; readonly accountId: number },
    { owner, reason }: { readonly owner: string; readonly reason: string },
  ): Promise<void> {
    const { store, random, clock, hostname, queue } = this.#needs
    const id = Buffer.from(random.bytes(12)).toString('hex')
    await using writer = store.spool.open()
    await writer.write(composeHoldNotice({ hostname, id, now: clock.now(), to, owner, reason }))
    await using spooled = await writer.finish()
    const recipient: NewRecipient = {
      address,
      parameters: noRecipientParameters,
      local: { accountId, detail: undefined },
    }
    await queue().accept({
      messageId: id,
      accountId: 0,
      origin: 'report',
      sender: '',
      returnPath: '',
      parameters: noMailParameters,
      recipients: [recipient],
      fields: '',
      spooled,
      releaseAt: undefined,
      heldFor: undefined,
    })
  }
}
