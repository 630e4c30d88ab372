// What the three intakes do alike with a message whose recipients were taken: what goes before it and with it into the mailboxes.

import type { LocalRecipient } from '#deliver/local.ts'
import type { Log } from '#io/log.ts'
import { envelopeRecord } from './envelope-record.ts'
import { holdsUtf8 } from './header-facts.ts'
import type { Client, Sender } from './intake.ts'
import type { TakenRecipient } from './local-recipient.ts'
import { receivedField } from './received.ts'

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
  return path?.needsUtf8 === true || recipients.some(({ address }) => /[^\0-\x7f]/.test(address)) || holdsUtf8(header)
}

export function localRecipients(taken: Taken): readonly LocalRecipient[] {
  const { client, sender, recipients } = taken
  const message = {
    sender: sender.path?.address ?? '',
    parameters: sender.parameters,
    client: client.address,
    authenticated: client.account !== undefined,
    needsUtf8: needsUtf8(taken),
  }
  return recipients.map(({ accountId, address, detail, parameters }) => ({
    accountId,
    address,
    detail,
    envelope: envelopeRecord({ ...message, recipient: { address, parameters } }),
  }))
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
