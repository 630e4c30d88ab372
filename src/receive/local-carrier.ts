// How the queue's messages come into mailboxes of this server: as those that were taken at once.

import type { LocalDelivery } from '#deliver/local.ts'
import type { Carrier } from '#queue/queue.ts'
import { envelopeRecord } from './envelope-record.ts'

/** What an account sent waits in the queue: its sender has logged in. */
export function localCarrier(delivery: LocalDelivery): Carrier {
  return {
    async carry({ messageId, sender, parameters, recipients, fields, spooled }) {
      const message = { sender, parameters, client: undefined, authenticated: true, needsUtf8: parameters.smtpUtf8 }
      await delivery.deliver({
        messageId,
        sender,
        recipients: recipients.map(({ accountId, address, detail, parameters: own }) => ({
          accountId,
          address,
          detail,
          envelope: envelopeRecord({ ...message, recipient: { address, parameters: own } }),
        })),
        fields,
        spooled,
        mayBeBinary: parameters.body === 'BINARYMIME',
      })
      return recipients.map(() => ({ kind: 'delivered' }))
    },
  }
}
