// What the three intakes do alike with a message whose recipients were taken: what goes before it and with it into the mailboxes, and on to other servers.

import type { LocalRecipient } from '#deliver/local.ts'
import type { Log } from '#io/log.ts'
import type { NewRecipient } from '#queue/queue.ts'
import type { MailParameters } from '#wire/smtp/parameters.ts'
import type { Destinations } from './destinations.ts'
import { envelopeRecord } from './envelope-record.ts'
import { holdsUtf8 } from './header-facts.ts'
import type { Client, Sender } from './intake.ts'
import { receivedField } from './received.ts'
import type { TakenRecipient } from './recipient.ts'

export interface Taken {
  readonly client: Client
  readonly sender: Sender
  readonly recipients: readonly TakenRecipient[]
  readonly header: Uint8Array
}

/** Whether an address or the header has letters beyond ASCII: only then it stays an SMTPUTF8 message (RFC 6531 3.6). */
export function needsUtf8({ sender, recipients, header }: Taken): boolean {
  const { path, parameters } = sender
  if (!parameters.smtpUtf8) return false
  return path?.needsUtf8 === true || recipients.some(({ address }) => isBeyondAscii(address)) || holdsUtf8(header)
}

export function localRecipients(taken: Taken, { here }: Pick<Destinations, 'here'>): readonly LocalRecipient[] {
  const { client, sender } = taken
  const message = {
    sender: sender.path?.address ?? '',
    parameters: sender.parameters,
    client: client.address,
    authenticated: client.account !== undefined,
    needsUtf8: needsUtf8(taken),
  }
  return here.map(({ accountId, address, detail, parameters }) => ({
    accountId,
    address,
    detail,
    envelope: envelopeRecord({ ...message, recipient: { address, parameters } }),
  }))
}

/** For the queue, which looks up anew where an address of ours leads when it has waited: of a message that may wait, it is given that address alone. */
export function queueRecipients(
  taken: Taken,
  destinations: Destinations,
  { mayWait }: { readonly mayWait: boolean },
): readonly NewRecipient[] {
  if (mayWait || taken.sender.parameters.body === 'BINARYMIME') return taken.recipients.map(asNamed)
  const local = localRecipients(taken, destinations)
  return [
    ...destinations.here.map(({ address, parameters }, index) => ({ address, parameters, local: local[index] })),
    ...destinations.elsewhere.map(({ address, parameters }) => ({ address, parameters })),
  ]
}

function asNamed({ address, parameters, mailboxes, elsewhere }: TakenRecipient): NewRecipient {
  const [other] = elsewhere
  if (other !== undefined && other.forwarder === undefined) return { address: other.address, parameters }
  const { accountId, detail } = mailboxes[0] ?? {
    accountId: other?.forwarder?.account?.accountId ?? 0,
    detail: undefined,
  }
  return { address, parameters, local: { accountId, detail } }
}

/** What the message asks of those who take it from here. Nobody's priority counts but that of those who have logged in (RFC 6710 5). */
export function queueParameters(taken: Taken, { elsewhere }: Pick<Destinations, 'elsewhere'>): MailParameters {
  const { parameters } = taken.sender
  return {
    ...parameters,
    smtpUtf8: needsUtf8(taken) || elsewhere.some(({ address }) => isBeyondAscii(address)),
    priority: taken.client.account === undefined ? undefined : parameters.priority,
  }
}

export function traceOf(
  taken: Taken,
  more: { readonly hostname: string; readonly peerName: string | undefined; readonly now: number },
): string {
  const { client, sender, recipients } = taken
  const onlyRecipient = recipients.length === 1 ? recipients[0]?.address : undefined
  return receivedField({ client, messageId: sender.messageId, utf8: needsUtf8(taken), onlyRecipient, ...more })
}

/** What XFORWARD told. */
export function noteOrigin(log: Log, { messageId, origin }: Sender): void {
  if (origin !== undefined) log.info('receive.origin', { message: messageId, ...origin })
}

function isBeyondAscii(address: string): boolean {
  return /[^\0-\x7f]/.test(address)
}
