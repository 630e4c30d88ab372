// Mail from other servers (port 25): for our own domains only.

import type { LocalDelivery, LocalRecipient } from '#deliver/local.ts'
import type { Clock } from '#io/clock.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Path } from '#wire/smtp/command.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { countReceived } from './header-facts.ts'
import type { Client, Intake, Sender, Transaction, TransferFacts } from './intake.ts'
import { localRecipient, type RecipientNeeds } from './local-recipient.ts'
import type { PeerNames } from './peer-names.ts'
import { receivedField } from './received.ts'
import { verdict } from './verdict.ts'

export interface MxNeeds extends RecipientNeeds {
  readonly delivery: LocalDelivery
  readonly clock: Clock
  readonly peerNames: PeerNames
}

export function mxIntake(needs: MxNeeds): Intake {
  return { begin: async (client, sender) => new MxTransaction(needs, client, sender) }
}

class MxTransaction implements Transaction {
  readonly kind = 'transaction'
  readonly #needs: MxNeeds
  readonly #client: Client
  readonly #sender: Sender
  readonly #recipients: LocalRecipient[] = []
  /** Asked for while the message comes in. */
  readonly #peerName: Promise<string | undefined>

  constructor(needs: MxNeeds, client: Client, sender: Sender) {
    this.#needs = needs
    this.#client = client
    this.#sender = sender
    this.#peerName = needs.peerNames.of(client.address)
  }

  async recipient(path: Path): Promise<Refusal | undefined> {
    const { declaredBytes } = this.#sender
    const found = await localRecipient(this.#needs, { path, declaredBytes, elsewhere: 'relay-denied' })
    if (found.kind === 'refused') return found
    this.#recipients.push(found.recipient)
    return undefined
  }

  async commit(spooled: SpooledMessage, { bareLineEnd }: TransferFacts): Promise<Refusal | undefined> {
    const { hostname, clock, delivery } = this.#needs
    const { messageId, path } = this.#sender
    const facts = { bareLineEnd, receivedFields: countReceived(spooled.head), foreignFrom: undefined }
    const refusal = verdict(facts, hostname)
    if (refusal !== undefined) return refusal
    const recipients = this.#recipients
    const onlyRecipient = recipients.length === 1 ? recipients[0]?.address : undefined
    const peerName = await this.#peerName
    const fields = receivedField({
      client: this.#client,
      peerName,
      hostname,
      messageId,
      onlyRecipient,
      now: clock.now(),
    })
    await delivery.deliver({ messageId, sender: path?.address ?? '', recipients, fields, spooled })
    return undefined
  }

  abort(): void {
    this.#recipients.length = 0
  }
}
